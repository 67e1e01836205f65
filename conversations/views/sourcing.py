"""Data sources for their owners, who need be no administrators: how they answer, a test, and what found no answer.

Where a source is, and with which keys, stays the administrators': an owner cannot aim it elsewhere.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from conversations.answering import source_test
from conversations.auditing import changing
from conversations.models import DataSource, unanswered
from conversations.requests import PersonRequest
from conversations.views.access import find_owned_source
from conversations.views.starters import StartersField

ANSWERING = ("role_information", "strictness", "top_n_documents", "in_scope")


class SourceForm(forms.ModelForm):
    role_information = forms.CharField(
        label=gettext_lazy("Instructions"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    strictness = forms.IntegerField(
        label=gettext_lazy("Strictness"),
        min_value=1,
        max_value=5,
        help_text=gettext_lazy("From 1, which keeps more, to 5, which keeps less."),
    )
    top_n_documents = forms.IntegerField(
        label=gettext_lazy("Top documents"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Passages that an answer is given."),
    )
    in_scope = forms.BooleanField(
        label=gettext_lazy("Only from the documents"),
        required=False,
        help_text=gettext_lazy("What they do not hold is not answered."),
    )
    starters = StartersField()

    class Meta:
        model = DataSource
        fields = ("description",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = {"role_information": "", "strictness": 3, "top_n_documents": 5, "in_scope": True}
        stored = self.instance.parameters
        self.initial.update({name: stored.get(name) if name in stored else usual[name] for name in ANSWERING})
        self.initial["starters"] = self.instance.starters

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            set_now = {name: cleaned[name] for name in ANSWERING if cleaned[name] not in ("", None)}
            kept = {name: value for name, value in self.instance.parameters.items() if name not in ANSWERING}
            self.instance.configure(self.instance.type, {**kept, **set_now})
            self.instance.starters = cleaned["starters"]
        return cleaned


@require_safe
@login_required
def sources(request: PersonRequest) -> HttpResponse:
    """Those that are one's own."""
    owned = DataSource.objects.kept().owned_by(request.user.reader())
    return render(request, "conversations/own_sources.html", {"sources": owned})


@login_required
def source(request: PersonRequest, source: int) -> HttpResponse:
    """One of them: how it answers, its last test, and what it had no good answer to."""
    found = find_owned_source(request.user, source)
    form = SourceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with changing(request, found, "datasource.change"):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("own_source", found.pk)
    context = {
        "source": found,
        "form": form,
        "stages": source_test.told(found.test_stages),
        "unanswered": unanswered.of(found),
        "days": unanswered.DAYS,
    }
    return render(request, "conversations/own_source.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def test(request: PersonRequest, source: int) -> HttpResponse:
    """Ask it as it is saved, on this person's behalf."""
    found = find_owned_source(request.user, source)
    trial = async_to_sync(source_test.attempt)(found, request.user.reader())
    found.tested(trial.stages, trial.error)
    return redirect("own_source", found.pk)
