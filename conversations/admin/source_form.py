"""The form of a data source: the fields of its type, as the wire has them; secrets are written, never shown."""

import copy
from collections.abc import Set
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.admin.credentials import CredentialForm
from conversations.admin.following import FollowingForm
from conversations.admin.source_fields import FIELDS, FOLLOWS, HINTS, OPTIONS, SECRETS
from conversations.models import Collection, DataSource, Deployment
from conversations.models.data_source import types
from conversations.models.secrets import Secrets
from conversations.views.starters import StartersField

PLAIN = ("name", "description", "type")
READERS = ("groups", "denied", "owners", "access_filter")
USE = ("on_by_default", "starters", "position", "enabled")
DEPLOYMENT = "embedding_dependency__deployment_name"


_Fields: Any = type(forms.Form)
Members: Any = _Fields("Members", (forms.Form,), dict(FIELDS))


class DataSourceForm(CredentialForm, FollowingForm, Members):
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=types)
    starters = StartersField(widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}))
    remove_secrets = forms.BooleanField(label=gettext_lazy("Remove the stored secrets"), required=False)

    follows = {**FOLLOWS, "access_filter": {"type": FOLLOWS["authentication__type"]["type"]}}
    options = OPTIONS
    hints = HINTS

    class Meta:
        model = DataSource
        fields = (*PLAIN, *READERS, *USE)
        widgets = {
            "access_filter": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "spellcheck": "false"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: DataSource = self.instance
        self.dropped = False
        self.initial["starters"] = source.starters
        for name in FIELDS:
            if name not in SECRETS and (value := member(source.parameters, name)) is not None:
                self.initial[name] = self._shown(name, value)
        self._say_secrets(source)
        chosen = member(source.parameters, DEPLOYMENT)
        embedders = set(Deployment.objects.embedders().values_list("name", flat=True))
        offered = [each for each in our_deployments() if each in embedders or each == chosen]
        self._offer(DEPLOYMENT, offered, [("", "---------")])
        kept = Collection.objects.filter(conversation=None, deleted=None).order_by("name")
        self._offer("collections", list(kept.values_list("name", flat=True)), [])
        kept_here: Any = self.fields["collections"]
        if not kept_here.choices:
            kept_here.widget = forms.SelectMultiple(attrs=kept_here.widget.attrs)
            kept_here.help_text = _("There is no collection yet: add one and its documents first.")

    def _offer(self, name: str, ours: list[str], first: list[tuple[str, str]]) -> None:
        """Choose among `ours`; what is stored and is none of them stays, marked."""
        stored = member(self.instance.parameters, name) or []
        strange = [each for each in ([stored] if isinstance(stored, str) else stored) if each not in ours]
        marked = [(each, _("%(name)s: not ours, choose") % {"name": each}) for each in strange]
        field: Any = self.fields[name]
        field.choices = [*first, *((each, each) for each in ours), *marked]

    def _shown(self, name: str, value: Any) -> Any:
        prepare = getattr(self.fields[name], "prepare_value", None)
        return prepare(value) if prepare else value

    def _say_secrets(self, source: DataSource) -> None:
        for name in SECRETS:
            if source.secrets_lost:
                self.fields[name].help_text = _("What was stored cannot be decrypted any more: enter it again.")
            elif pointer(name) in source.secrets:
                words = _("Stored. Leave empty to keep it; it is dropped when it would be sent elsewhere.")
                self.fields[name].help_text = words

    def credentials(self) -> list[str]:
        return SECRETS

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        enabled, chosen = data.get("enabled"), data[DEPLOYMENT]
        if enabled and chosen and chosen not in our_deployments():
            self.add_error(DEPLOYMENT, _("This is not one of our deployments: choose the one that it was."))
            return data
        source: DataSource = self.instance
        before = source.secrets.keys()
        if data["remove_secrets"]:
            source.secrets, before = Secrets(), Secrets().keys()
            source.untested()
        try:
            source.configure(data["type"], self.parameters(), draft=not enabled)
        except ValidationError as error:
            self._place(error, before)
        else:
            self.dropped = bool(before - source.secrets.keys())
        return data

    def parameters(self) -> dict[str, Any]:
        """The wire's JSON as it was sent; what has no field here stays as it is stored."""
        same = self.cleaned_data["type"] == self.instance.type
        whole = copy.deepcopy(self.instance.parameters) if same else {}
        for name in FIELDS:
            value = self.cleaned_data.get(name)
            *around, own = name.split("__")
            holder = whole
            for each in around:
                holder = holder.setdefault(each, {})
            if value in (None, "", []):
                holder.pop(own, None)
            else:
                holder[own] = value
        if not (whole.get("embedding_dependency") or {}).get("type"):
            whole.pop("embedding_dependency", None)
        elif whole["embedding_dependency"]["type"] != "endpoint":
            whole["embedding_dependency"].pop("authentication", None)
        return {name: value for name, value in whole.items() if value != {}}

    def _place(self, error: ValidationError, before: Set[str]) -> None:
        """Put an error of the configuration beside the field that it is about."""
        path = (error.code or "").replace(".", "__")
        field = next((each for each in (path, f"{path}__type") if each in self.fields), None)
        words: Any = error.messages[0]
        if field in SECRETS and pointer(field) in before:
            words = _("It would be sent elsewhere now, so what was stored is not kept. Enter it again.")
        elif field == "embedding_dependency__type":
            words = _("Searching by vectors needs something that makes them: choose it.")
        elif words.endswith("is missing."):
            words = self.fields[field].error_messages["required"] if field else words
        self.add_error(field, words)


def member(parameters: dict[str, Any], name: str) -> Any:
    """The value at the path that a field is named by; None if there is none."""
    found: Any = parameters
    for each in name.split("__"):
        found = found.get(each) if isinstance(found, dict) else None
    return found


def pointer(name: str) -> str:
    return "/" + name.replace("__", "/")


def our_deployments() -> list[str]:
    return list(Deployment.objects.usable().values_list("name", flat=True))
