"""The form of a deployment: its fields follow the kind and the way it signs in; secrets are written, never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.admin.credentials import CredentialForm
from conversations.admin.following import FollowingForm
from conversations.completions.endpoints import KINDS, kind
from conversations.models import Deployment
from conversations.models.deployment import kinds

ELSEWHERE = [name for name in KINDS if not kind(name).transport]
WITH_KEY = [name for name in KINDS if "api_key" in kind(name).sign_in]
WITH_ENTRA = [name for name in KINDS if "entra" in kind(name).sign_in]
DATED = [name for name in KINDS if kind(name).dated]
UPSTREAM = ("kind", "endpoint", "model", "api_version", "reasoning")  # what tests have seen depends on these

AZURE = {
    "placeholder": "https://NAME.openai.azure.com",
    "help": _("The address of the resource in Azure, without a path."),
}
IN_AZURE = {
    "label": _("Deployment in Azure:"),
    "help": _("The name that the model was deployed under. Empty: the name above."),
}
HINTS: Any = {
    "endpoint": {
        "kind": {
            "openai": {
                "placeholder": "https://api.openai.com/v1",
                "help": _("The base URL of the API, up to and including /v1."),
            },
            "azure": AZURE,
            "azure_v1": AZURE,
            "azure_inference": {
                "placeholder": "https://NAME.services.ai.azure.com/models",
                "help": _("The address in Azure, up to and including /models."),
            },
        }
    },
    "client_id": {
        "authentication": {
            "entra": {"help": _("The id of the application, not that of its secret.")},
            "managed_identity": {"help": _("Of the user-assigned identity. Empty: the machine's own.")},
        }
    },
    "model": {"kind": {"azure": IN_AZURE, "azure_v1": IN_AZURE, "openai": {"placeholder": "gpt-5-mini"}}},
    "api_version": {
        "kind": {
            "azure": {"placeholder": "2024-10-21", "help": _("The dated version of Azure OpenAI's API.")},
            "azure_inference": {
                "placeholder": "2024-05-01-preview",
                "help": _("The dated version of the model inference API."),
            },
        }
    },
}


def secret(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"})
    return forms.CharField(label=label, required=False, strip=True, widget=widget)


class DeploymentForm(CredentialForm, FollowingForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=kinds, initial="openai")
    key = secret(_("Key"))
    remove_key = forms.BooleanField(label=_("Remove the stored key"), required=False)
    client_secret = secret(_("Client secret"))

    follows = {
        "endpoint": {"kind": ELSEWHERE},
        "authentication": {"kind": WITH_ENTRA},
        "key": {"kind": WITH_KEY, "authentication": ["api_key"]},
        "remove_key": {"kind": WITH_KEY, "authentication": ["api_key"]},
        "tenant_id": {"authentication": ["entra"]},
        "client_id": {"authentication": ["entra", "managed_identity"]},
        "client_secret": {"authentication": ["entra"]},
        "store_untested": {"kind": WITH_KEY, "authentication": ["api_key", "entra"]},
        "model": {"kind": ELSEWHERE},
        "api_version": {"kind": DATED},
        "reasoning": {"kind": ELSEWHERE},
    }
    hints = HINTS

    class Meta:
        model = Deployment
        fields = (
            *("name", "label", "kind", "endpoint", "authentication", "key", "remove_key"),
            *("tenant_id", "client_id", "client_secret", "model", "api_version", "reasoning"),
            *("context_window", "fallback", "position", "retires_on", "enabled", "groups", "denied"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.instance.pk is not None
        self.audience_before = self.instance.audience if saved else ()
        self.upstream_before = self._upstream() if saved else ()
        entra = self.instance.authentication == "entra"
        self.fields["key"].help_text = self._stored(
            not entra,
            _("A key is stored. Leave empty to keep it; it is dropped when the host changes."),
            _("No key is stored. A local server may need none."),
        )
        self.fields["client_secret"].help_text = self._stored(
            entra,
            _("A secret is stored. Leave empty to keep it; it is dropped when host, tenant or client id changes."),
            _("No secret is stored."),
        )

    def _stored(self, its: bool, kept: Any, none: Any) -> Any:
        if self.instance.key_lost:
            return _("What was stored cannot be decrypted any more: enter it again.")
        return kept if its and self.instance.key else none

    def _upstream(self) -> tuple[Any, ...]:
        return (*self.instance.audience, *(getattr(self.instance, name) for name in UPSTREAM))

    def save(self, commit: bool = True) -> Any:
        deployment: Deployment = super().save(commit=False)
        given = self.cleaned_data["key"] or self.cleaned_data["client_secret"]
        self.dropped = False
        if given or self.cleaned_data["remove_key"]:
            deployment.set_key(given)
        elif self.audience_before and deployment.audience != self.audience_before:
            # Otherwise whoever may edit the address could send the secret to a server of their own.
            self.dropped = bool(deployment.secrets)
            deployment.set_key("")
        if self.upstream_before and self._upstream() != self.upstream_before:
            deployment.untested()
        if commit:
            deployment.save()
        return deployment
