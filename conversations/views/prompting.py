"""System prompts: everybody's own, and those that are shared; a change is a new version."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from conversations.models import Prompt
from conversations.requests import PersonRequest
from conversations.views.access import find_own_prompt, find_prompt


class PromptForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        help_text=gettext_lazy("Write {{name}} for a variable that is filled in when the prompt is chosen."),
    )


@login_required
def prompts(request: PersonRequest) -> HttpResponse:
    """The library; a POST adds one of one's own."""
    form = PromptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = Prompt.objects.create(owner=request.user, name=form.cleaned_data["name"])
        made.write(form.cleaned_data["text"])
        messages.success(request, _("Saved."))
        return redirect("prompts")
    usable = Prompt.objects.for_user(request.user)
    context = {
        "form": form,
        "own": usable.filter(owner=request.user),
        "shared": usable.filter(owner=None),
    }
    return render(request, "conversations/prompts.html", context, status=422 if form.errors else 200)


@login_required
def prompt(request: PersonRequest, prompt: int) -> HttpResponse:
    """One prompt with its versions, the newest first; one's own can be changed."""
    found = find_prompt(request.user, prompt)
    latest = found.latest
    form = PromptForm(request.POST or None, initial={"name": found.name, "text": latest.text if latest else ""})
    if request.method == "POST":
        found = find_own_prompt(request.user, prompt)
        if form.is_valid():
            found.name = form.cleaned_data["name"]
            found.save(update_fields=["name"])
            found.write(form.cleaned_data["text"])
            messages.success(request, _("Saved."))
            return redirect("prompts")
    context = {"prompt": found, "form": form, "versions": found.versions.order_by("-number")}
    return render(request, "conversations/prompt.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def delete_prompt(request: PersonRequest, prompt: int) -> HttpResponse:
    """Delete one's own prompt, unless a conversation keeps a version of it."""
    found = find_own_prompt(request.user, prompt)
    try:
        found.delete()
    except ProtectedError:
        words = _("Conversations use this prompt, so it stays. Choose another one there first, or delete them.")
        return render(request, "conversations/refused.html", {"error": words}, status=409)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found})
    return redirect("prompts")
