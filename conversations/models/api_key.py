"""Keys by which programs ask on a person's behalf: only a hash is kept, and none may do more than its owner."""

import hashlib
import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Feature, Reader
from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.user import User

BEGINNING = "chatapp_"  # so that a key that leaked is recognised, by people and by scanners
SHOWN = 6  # characters after it that are kept, to tell keys apart
NOTED = timedelta(minutes=1)  # how exactly the last use is known: not a write for every request


class Operation(models.TextChoices):
    CHAT = "chat", _("Chat completions")
    EMBEDDINGS = "embeddings", _("Embeddings")
    OTHER = "other", _("Completions, audio and images")


def every_operation() -> list[str]:
    return list(Operation.values)


def hashed(key: str) -> str:
    """Of 256 random bits a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self) -> Self:
        """Neither revoked nor expired, and of somebody who is active."""
        unexpired = models.Q(expires=None) | models.Q(expires__gt=timezone.now())
        return self.filter(unexpired, revoked=None, owner__is_active=True)

    def find(self, key: str) -> "ApiKey | None":
        """The key that works now for somebody who may have keys, or None. Its use is noted."""
        if not key.startswith(BEGINNING):
            return None
        found = self.live().select_related("owner").filter(hash=hashed(key)).first()
        if found is None or not (found.owner.service or found.owner.may(Feature.Name.KEYS)):
            return None
        found.note_use()
        return found


class ApiKey(models.Model):
    """Of a person, or of a service account; without deployments or sources named it reaches all that its owner may."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("What it is for, such as “nightly report”."))
    beginning = models.CharField(_("begins with"), max_length=24, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    operations = models.JSONField(_("may be used for"), default=every_operation)
    deployments = models.ManyToManyField(
        Deployment,
        blank=True,
        related_name="+",
        verbose_name=_("deployments"),
        help_text=_("None: all that its owner may ask. If those that it named are deleted, it may ask none."),
    )
    deployments_named = models.BooleanField(default=False, editable=False)  # also when they were deleted since
    sources = models.ManyToManyField(
        DataSource,
        blank=True,
        related_name="+",
        verbose_name=_("data sources"),
        help_text=_("None: all that its owner may ask. If those that it named are deleted, it may ask none."),
    )
    sources_named = models.BooleanField(default=False, editable=False)
    expires = models.DateTimeField(_("expires"), null=True, blank=True, help_text=_("Empty: never."))
    rate = models.PositiveIntegerField(
        _("requests a minute"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit of its own."),
    )
    budget = models.DecimalField(
        _("budget a month"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In the company's currency. When it is spent, the key waits for the next month. Empty: none."),
    )
    last_used = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked = models.DateTimeField(_("revoked"), null=True, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    spending = ""  # of its budget, in words, while a page shows it
    secret = ""  # of one that was issued a moment ago, in this process only

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    def issue(self) -> str:
        """Give this new key its secret, save it, and return the secret: it can never be shown again."""
        self.secret = BEGINNING + secrets.token_urlsafe(32)
        self.beginning, self.hash = self.secret[: len(BEGINNING) + SHOWN], hashed(self.secret)
        self.save()
        return self.secret

    def reader(self) -> Reader:
        """Its owner, kept within what this key names."""
        return Reader(user_id=self.owner_id, key_id=self.pk)

    def may(self, operation: str) -> bool:
        return operation in self.operations

    def revoke(self) -> None:
        """From now on it opens nothing; its row stays, so that its use can be traced."""
        self.revoked = self.revoked or timezone.now()
        self.save(update_fields=["revoked"])

    def note_use(self) -> None:
        now = timezone.now()
        if self.last_used is None or now - self.last_used > NOTED:
            self.last_used = now
            ApiKey.objects.filter(pk=self.pk).update(last_used=now)

    @property
    def live(self) -> bool:
        return self.revoked is None and (self.expires is None or self.expires > timezone.now())

    def clean(self) -> None:
        if not isinstance(self.operations, list) or not set(self.operations) <= set(Operation.values):
            raise ValidationError({"operations": _("Choose from the list.")})
        if not self.operations:
            raise ValidationError({"operations": _("Choose at least one.")})
        if self._state.adding and self.expires is not None and self.expires <= timezone.now():
            raise ValidationError({"expires": _("This moment has passed.")})


@receiver(m2m_changed, sender=ApiKey.deployments.through)
@receiver(m2m_changed, sender=ApiKey.sources.through)
def note_named(sender: Any, instance: ApiKey, action: str, **_: Any) -> None:
    """A key is limited from the first that it names until somebody takes the last one off: deleting that does not."""
    if action in ("post_add", "post_remove", "post_clear"):
        name = "deployments" if sender is ApiKey.deployments.through else "sources"
        setattr(instance, f"{name}_named", getattr(instance, name).exists())
        instance.save(update_fields=[f"{name}_named"])


def service_account(name: str, **facts: Any) -> User:
    """A person that is a program: it has keys and grants, and cannot sign in."""
    made = User(username=name, service=True, **facts)
    made.set_unusable_password()
    made.save()
    return made


__all__ = ["ApiKey", "ApiKeyQuerySet", "Operation", "service_account"]
