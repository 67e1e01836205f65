"""A deployment: a model somewhere, by the name people and programs choose it by."""

from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.completions.endpoints import KINDS, Endpoint, Range
from conversations.completions.endpoints import kind as endpoint_kind
from conversations.completions.identity import Identity, may_receive
from conversations.models.access import Granted, GrantedQuerySet, Reader
from conversations.models.secrets import LostSecrets, Secrets, SecretsField

KEYS = {"api_key": "/key", "entra": "/client_secret"}  # where a way to sign in keeps its secret, if it has one
IDENTITIES = ("entra", "managed_identity")  # ways whose tokens are Azure's
ELSEWHERE = _(
    "A token of Microsoft Entra is sent to Azure's own addresses alone, by https, such as "
    "https://NAME.openai.azure.com, and to hosts that whoever runs this server lists in ALLOWED_UPSTREAMS."
)
SOON = timedelta(days=30)
STEP = 10  # between a new one and the last: there is room for another
LAST = 32_767  # the largest position there is


class DeploymentQuerySet(GrantedQuerySet["Deployment"]):
    def for_reader(self, reader: Reader) -> Self:
        """Those that may be asked now on this person's behalf, the default one first."""
        return self.granted(reader).usable()

    def usable(self) -> Self:
        """Those that are enabled, whoever asks; those whose last test failed come after all others."""
        passed = Exact(models.F("test_error"), "")
        return self.filter(enabled=True).order_by(passed.desc(), "position", "label", "pk")

    def embedders(self) -> Self:
        """Those that may make vectors: no test has seen that they cannot."""
        unknown = models.Q(capabilities__embeddings__isnull=True)
        return self.usable().filter(unknown | models.Q(capabilities__embeddings=True))


def kinds() -> list[tuple[str, str]]:
    labels = {
        "openai": _("OpenAI or compatible"),
        "azure": _("Azure OpenAI, with API versions"),
        "azure_v1": _("Azure OpenAI, v1"),
        "azure_inference": _("Azure AI model inference"),
        "offline": _("Offline (built in)"),
    }
    return [(kind, str(labels.get(kind, kind))) for kind in KINDS]


def ways_to_sign_in() -> list[tuple[str, str]]:
    return [
        ("api_key", str(_("Key"))),
        ("entra", str(_("Microsoft Entra application"))),
        ("managed_identity", str(_("Managed identity of this machine"))),
    ]


def check_endpoint(address: str) -> None:
    """Any http(s) base URL, also one with a bare host name such as http://vllm:8000/v1."""
    try:
        parts = urlsplit(address)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or parts.username or parts.password:
        raise ValidationError(_("Enter a base URL such as https://host/v1: no user name, no “?” and no “#” in it."))


class Deployment(Granted):
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
    authentication = models.CharField(_("signs in with"), max_length=32, choices=ways_to_sign_in, default="api_key")
    tenant_id = models.CharField(
        _("tenant id"), max_length=100, blank=True, help_text=_("The directory that the application is registered in.")
    )
    client_id = models.CharField(
        _("client id"),
        max_length=100,
        blank=True,
        help_text=_("Of the application. For a managed identity: of the user-assigned one; empty: the machine's own."),
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
        _("position"),
        blank=True,
        help_text=_(
            "The lowest is chosen for a new chat, except while its last test failed. Empty: after all the others."
        ),
    )
    retires_on = models.DateField(
        _("retires on"),
        null=True,
        blank=True,
        help_text=_("The day the provider has announced. It goes on being used after that day until you disable it."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    tested_at = models.DateTimeField(_("tested"), null=True, editable=False)
    test_error = models.CharField(max_length=32, blank=True, editable=False)  # its code; empty: it worked
    test_stages = models.JSONField(default=list, editable=False)  # as admin.trying has them
    capabilities = models.JSONField(default=dict, editable=False)  # name → seen or not, at `seen_at`
    seen_at = models.DateTimeField(null=True, editable=False)
    secrets: Any = SecretsField()

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("deployment")
        verbose_name_plural = _("deployments")
        ordering = ["position", "label", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Without a position it becomes the last one: a new deployment is nobody's default by accident."""
        if self.position is None:
            last = Deployment.objects.aggregate(last=models.Max("position"))["last"] or 0
            self.position = min(last + STEP, LAST)
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        return self.label or self.name

    @property
    def key_lost(self) -> bool:
        """Was a key stored under an encryption key that is gone?"""
        return isinstance(self.secrets, LostSecrets)

    @property
    def key(self) -> str:
        """The secret it signs in with: a key, or the application's client secret."""
        return str(self.secrets.get(KEYS.get(self.authentication, ""), ""))

    def set_key(self, key: str) -> None:
        """Store a new secret for its way to sign in, and no other; empty removes it."""
        self.secrets = Secrets({KEYS[self.authentication]: key} if key else {})

    @property
    def audience(self) -> tuple[str, ...]:
        """Whom a stored secret was meant for: it must not be sent to, or on behalf of, anybody else."""
        return (self.host(), self.authentication, self.tenant_id, self.client_id)

    def endpoint_at(self) -> Endpoint:
        """How to reach this deployment, as the value that the completions client takes."""
        hosts = tuple(settings.ALLOWED_UPSTREAMS)
        identity = {
            "entra": Identity(self.tenant_id, self.client_id, self.key, hosts=hosts),
            "managed_identity": Identity(client=self.client_id, hosts=hosts),
        }.get(self.authentication)
        return Endpoint(
            kind=self.kind,
            address=self.endpoint,
            model=self.model or self.name,
            key="" if identity else self.key,
            identity=identity,
            api_version=self.api_version,
            name=self.name,
            reasoning=self.reasoning,
        )

    def parameters(self) -> dict[str, Range | tuple[str, ...] | None]:
        """What a person may set for its answers, with range or choices."""
        offered = ("reasoning_effort", "max_tokens") if self.reasoning else ("temperature", "top_p", "max_tokens")
        taken = endpoint_kind(self.kind).parameters
        return {name: taken[name] for name in offered if name in taken}

    def line(self, reader: Reader) -> list["Deployment"]:
        """This deployment and those that take over for it, in order, each once, those that this person may ask."""
        found: list[Deployment] = []
        following: Deployment | None = self
        while following is not None and following not in found:
            found.append(following)
            following = following.fallback
        allowed = set(Deployment.objects.for_reader(reader).filter(pk__in=[each.pk for each in found]))
        return [each for each in found if each in allowed]

    @property
    def days_left(self) -> int | None:
        """Days until it retires, negative afterwards; None if nothing is known of that."""
        return (self.retires_on - timezone.localdate()).days if self.retires_on else None

    @property
    def retires_soon(self) -> bool:
        """Also afterwards: somebody has to do something about it."""
        return self.days_left is not None and self.days_left <= SOON.days

    @property
    def sees(self) -> bool:
        """Does it take images, as far as its last test found out?"""
        return bool(self.capabilities.get("images"))

    def tested(self, stages: list[dict[str, Any]], error: str, capabilities: dict[str, bool]) -> None:
        """Keep how a test went; what an earlier one saw stays when this one failed. `error`: its code, or empty."""
        self.tested_at, self.test_stages, self.test_error = timezone.now(), stages, error
        if not error:
            self.capabilities, self.seen_at = capabilities, self.tested_at
        self.save(update_fields=["tested_at", "test_stages", "test_error", "capabilities", "seen_at"])

    def untested(self) -> None:
        """What tests saw was another upstream; not saved yet."""
        self.tested_at = self.seen_at = None
        self.test_error, self.test_stages, self.capabilities = "", [], {}

    def clean(self) -> None:
        kind = endpoint_kind(self.kind)
        wrong: dict[str, Any] = {}
        if not kind.transport and not self.endpoint:
            wrong["endpoint"] = _("Enter the address of the deployment.")
        if kind.dated and not self.api_version:
            wrong["api_version"] = _("Azure needs an API version, such as 2024-10-21.")
        if kind.sign_in and self.authentication not in kind.sign_in:
            wrong["authentication"] = _("This kind does not sign in that way.")
        elif self.authentication in IDENTITIES and not may_receive(self.endpoint, settings.ALLOWED_UPSTREAMS):
            wrong.setdefault("endpoint", ELSEWHERE)
        if self.authentication == "entra" and not self.tenant_id:
            wrong["tenant_id"] = _("Enter the id of the tenant.")
        if self.authentication == "entra" and not self.client_id:
            wrong["client_id"] = _("Enter the client id of the application.")
        if circle := self._circle():
            wrong["fallback"] = _("They would take over for each other in a circle: %(names)s.") % {"names": circle}
        if wrong:
            raise ValidationError(wrong)

    def _circle(self) -> str:
        """The names on the way from here back to here by fallbacks; empty if there is no such way."""
        names, at, seen = [self.title], self.fallback, set()
        while at is not None and at.pk not in seen:
            names.append(at.title)
            if at.pk == self.pk:
                return " → ".join(names)
            seen.add(at.pk)
            at = at.fallback
        return ""

    def host(self) -> str:
        """Scheme, host and port a stored key may be sent to."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}".lower()
