"""A person's API keys: made, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from conversations.auditing import facts, record
from conversations.models import ApiKey, DataSource, Deployment, Feature, Operation, User, key_standings
from conversations.requests import PersonRequest
from conversations.views import limiting
from conversations.views.access import find_key

LASTING = {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "": _("Until it is revoked")}


class KeyForm(forms.ModelForm):
    operations = forms.MultipleChoiceField(
        label=_("May be used for"),
        choices=Operation.choices,
        initial=Operation.values,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.ChoiceField(label=_("Works for"), choices=list(LASTING.items()), initial="90", required=False)

    class Meta:
        model = ApiKey
        fields = ("name", "operations", "deployments", "sources", "budget")
        widgets = {"deployments": forms.CheckboxSelectMultiple, "sources": forms.CheckboxSelectMultiple}

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.owner = person
        offered: dict[str, Any] = {"deployments": Deployment, "sources": DataSource}
        for name, model in offered.items():
            field: Any = self.fields[name]
            field.queryset = model.objects.for_reader(person.reader())
            field.help_text = _("None: all that you may ask.")

    def save(self, commit: bool = True) -> ApiKey:
        """The key, not yet issued."""
        made: ApiKey = super().save(commit=False)
        if days := self.cleaned_data["days"]:
            made.expires = timezone.now() + timedelta(days=int(days))
        return made


@login_required
def keys(request: PersonRequest) -> HttpResponse:
    """One's own keys; a POST makes one and shows it, this once."""
    if not request.user.may(Feature.Name.KEYS):
        raise Http404
    form = KeyForm(request.user, request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.save()
            shown = made.issue()
            form.save_m2m()
            record(request, "apikey.add", made, concerns=made.owner, changes=facts(made))
        form = KeyForm(request.user)
    found = list(request.user.api_keys.all())
    standings = key_standings(found)
    for each in found:
        each.spending = limiting.rows([standings[each.pk]])[0][1] if each.pk in standings else ""
    context = {"form": form, "shown": shown, "keys": found}
    return render(request, "conversations/keys.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke(request: PersonRequest, key: int) -> HttpResponse:
    """From now on it opens nothing."""
    found = find_key(request.user, key)
    with transaction.atomic():
        found.revoke()
        record(request, "apikey.revoke", found, concerns=found.owner)
    return redirect("keys")
