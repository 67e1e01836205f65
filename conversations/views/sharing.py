"""What a person shares with colleagues: whom, what they see, and taking it back."""

import re
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from conversations.auditing import record
from conversations.models import Busy, Feature, Share, User
from conversations.requests import PersonRequest
from conversations.views.access import find_conversation, find_own_share

MOST = 50  # people named at once


class ShareForm(forms.Form):
    people = forms.CharField(
        label=gettext_lazy("People"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("User names or e-mail addresses, written out, one a line or with commas between them."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Your groups"),
        required=False,
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    everybody = forms.BooleanField(label=gettext_lazy("All colleagues who have the address"), required=False)

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        field: Any = self.fields["groups"]
        field.queryset = person.groups.order_by("name")

    def clean_people(self) -> list[User]:
        """Colleagues, by names that are exactly theirs; who is not here and who is no longer are answered alike."""
        names = list(dict.fromkeys(each for each in re.split(r"[\s,;]+", self.cleaned_data["people"]) if each))
        if len(names) > MOST:
            words = _("Name at most %(most)s people at once, or choose a group.") % {"most": MOST}
            raise forms.ValidationError(words)
        found = {name: _colleague(self.person, name) for name in names}
        if unknown := [name for name, each in found.items() if each is None]:
            words = _("No colleague is called: %(names)s. Write user names or e-mail addresses exactly as they are.")
            raise forms.ValidationError(words % {"names": ", ".join(unknown)})
        return [each for each in found.values() if each]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Choose who may read it."))
        return cleaned


def _colleague(person: User, name: str) -> User | None:
    """Whose user name this is, or else, of one person alone, the e-mail address; nobody who cannot sign in."""
    others = User.objects.filter(is_active=True, service=False).exclude(pk=person.pk)
    return others.filter(username=name).first() or _only(others.filter(email__iexact=name))


def _only(found: QuerySet[User]) -> User | None:
    """The one with this address. One that a person gave themselves is no name of theirs until it was verified."""
    said = EmailAddress.objects.filter(user=OuterRef("pk"))
    true = said.filter(email__iexact=OuterRef("email"), verified=True)
    people = list(found.filter(Exists(true) | ~Exists(said))[:2])
    return people[0] if len(people) == 1 else None


@login_required
def share(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """Who may read a conversation; a POST lets more people read it as it is now."""
    found = find_conversation(request.user, conversation)
    if not found.begun or found.temporary or not request.user.may(Feature.Name.SHARING):
        raise Http404
    form = ShareForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = Share.make(found, **form.cleaned_data)
                record(request, "conversation.share", made)
        except Busy:
            form.add_error(None, _("The answer is still being written. Share it when it is finished."))
        else:
            return redirect(f"{request.path}?made={made.token}")
    shares = Share.objects.of(request.user).filter(conversation=found).prefetch_related("people", "groups")
    rows = [(each, request.build_absolute_uri(reverse("shared", args=[each.token]))) for each in shares]
    context = {"conversation": found, "form": form, "shares": rows, "made": request.GET.get("made", "")}
    return render(request, "conversations/share.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke(request: PersonRequest, token: str) -> HttpResponse:
    """From now on it opens nothing."""
    found = find_own_share(request.user, token)
    with transaction.atomic():
        found.revoke()
        record(request, "conversation.unshare", found)
    messages.success(request, _("It is shared no longer: its address leads nowhere now."))
    return redirect("share", found.conversation_id)
