"""A deployment: a model somewhere, by the name people and programs choose it by."""

from typing import Any, Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.completions.endpoints import KINDS, Endpoint, Range
from conversations.completions.endpoints import kind as endpoint_kind
from conversations.models.secrets import LostSecrets, Secrets, SecretsField

KEY = "/key"


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def usable(self) -> Self:
        """Those that may be asked now, the default one first."""
        return self.filter(enabled=True).order_by("position", "label", "pk")


def kinds() -> list[tuple[str, str]]:
    labels = {
        "openai": _("OpenAI or compatible"),
        "azure": _("Azure OpenAI, with API versions"),
        "azure_v1": _("Azure OpenAI, v1"),
        "azure_inference": _("Azure AI model inference"),
        "offline": _("Offline (built in)"),
    }
    return [(kind, str(labels.get(kind, kind))) for kind in KINDS]


def check_endpoint(address: str) -> None:
    """Any http(s) base URL, also one with a bare host name such as http://vllm:8000/v1."""
    try:
        parts = urlsplit(address)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or parts.username or parts.password:
        raise ValidationError(_("Enter a base URL such as https://host/v1: no user name, no “?” and no “#” in it."))


class Deployment(models.Model):
    """Disabled, not deleted, while a conversation refers to it: a conversation never changes its model silently."""

    name = models.CharField(
        _("name"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Letters, digits, “.”, “_”, “-”."))],
        help_text=_("What programs write as “model”. Letters, digits, “.”, “_” and “-”."),
    )
    label = models.CharField(_("label"), max_length=80, blank=True, help_text=_("What people see. Empty: the name."))
    kind = models.CharField(_("kind"), max_length=32, choices=kinds, default="openai")
    endpoint = models.CharField(
        _("endpoint"),
        max_length=500,
        blank=True,
        validators=[check_endpoint],
        help_text=_(
            "OpenAI or compatible: the base URL up to and including /v1. Azure OpenAI: https://NAME.openai.azure.com. "
            "Azure AI model inference: https://NAME.services.ai.azure.com/models."
        ),
    )
    model = models.CharField(
        _("model"),
        max_length=200,
        blank=True,
        help_text=_("The upstream's own id of the model or deployment. Empty: the name."),
    )
    api_version = models.CharField(
        _("API version"), max_length=32, blank=True, help_text=_("Azure only, such as 2024-10-21.")
    )
    reasoning = models.BooleanField(
        _("reasoning model"),
        default=False,
        help_text=_("It thinks before it answers: no temperature, and a limit that counts its thoughts too."),
    )
    context_window = models.PositiveIntegerField(
        _("context window"),
        default=128_000,
        validators=[MinValueValidator(256)],
        help_text=_("Tokens that question, history and answer may take together."),
    )
    fallback = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fallback"),
        help_text=_("Takes over before the first token when this one is busy or down."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=10, help_text=_("The lowest is chosen for a new chat.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    secrets: Any = SecretsField()

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("deployment")
        verbose_name_plural = _("deployments")
        ordering = ["position", "label", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.label or self.name

    @property
    def key_lost(self) -> bool:
        """Was a key stored under an encryption key that is gone?"""
        return isinstance(self.secrets, LostSecrets)

    @property
    def key(self) -> str:
        return str(self.secrets.get(KEY, ""))

    def set_key(self, key: str) -> None:
        """Store a new key; empty removes it."""
        self.secrets = Secrets({KEY: key} if key else {})

    def endpoint_at(self) -> Endpoint:
        """How to reach this deployment, as the value that the completions client takes."""
        return Endpoint(
            kind=self.kind,
            address=self.endpoint,
            model=self.model or self.name,
            key=self.key,
            api_version=self.api_version,
            name=self.name,
            reasoning=self.reasoning,
        )

    def parameters(self) -> dict[str, Range | tuple[str, ...] | None]:
        """What a person may set for its answers, with range or choices."""
        offered = ("reasoning_effort", "max_tokens") if self.reasoning else ("temperature", "top_p", "max_tokens")
        taken = endpoint_kind(self.kind).parameters
        return {name: taken[name] for name in offered if name in taken}

    def line(self) -> list["Deployment"]:
        """This deployment and those that take over for it, in order, each once, usable ones only."""
        found: list[Deployment] = []
        following: Deployment | None = self
        while following is not None and following not in found:
            found.append(following)
            following = following.fallback
        return [each for each in found if each.enabled]

    def clean(self) -> None:
        if self.kind != "offline" and not self.endpoint:
            raise ValidationError({"endpoint": _("Enter the address of the deployment.")})
        if self.kind.startswith("azure") and self.kind != "azure_v1" and not self.api_version:
            raise ValidationError({"api_version": _("Azure needs an API version, such as 2024-10-21.")})
        if self.fallback_id and self.fallback_id == self.pk:
            raise ValidationError({"fallback": _("A deployment cannot take over for itself.")})

    def host(self) -> str:
        """Scheme, host and port a stored key may be sent to."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}".lower()
