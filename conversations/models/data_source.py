"""A data source: the wire's own JSON with its secrets apart, granted to groups, switched on in a conversation."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.completions import data_sources, pointers
from conversations.completions.errors import InvalidRequest
from conversations.completions.identity import may_receive
from conversations.models.access import Owned, OwnedQuerySet, Reader
from conversations.models.deployment import ELSEWHERE
from conversations.models.secrets import LostSecrets, Secrets, SecretsField


class DataSourceQuerySet(OwnedQuerySet["DataSource"]):
    def for_reader(self, reader: Reader) -> Self:
        """Those that may be asked now on this person's behalf: enabled, and granted to a group of theirs, or to all."""
        return self.granted(reader).filter(enabled=True).order_by("position", "name")

    def citable(self, reader: Reader) -> Self:
        """Those of which this person may read what was cited: also retired ones, which keep their grants."""
        return self.granted(reader).filter(models.Q(enabled=True) | models.Q(retired__isnull=False))

    def kept(self) -> Self:
        """All but the retired ones: what administrators see and change."""
        return self.filter(retired=None)


def types() -> list[tuple[str, str]]:
    labels = {
        "local": _("Documents kept here"),
        "azure_search": _("Azure AI Search"),
        "elasticsearch": _("Elasticsearch or OpenSearch"),
        "azure_cosmos_db": _("Azure Cosmos DB for MongoDB vCore"),
        "mongo_db": _("MongoDB Atlas"),
        "pinecone": _("Pinecone"),
    }
    return [(name, str(labels.get(name, name))) for name in sorted(data_sources.TYPES, key=list(labels).index)]


class DataSource(Owned):
    """`parameters` is exactly the wire's JSON, with null where a secret belongs."""

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[^\x00-\x1f]+$")],
        help_text=_("What people see when they choose what to ask, such as “Employee handbook”."),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=32, choices=types)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    access_filter = models.TextField(
        _("access filter"),
        blank=True,
        help_text=_(
            "For an index whose documents have different readers: a filter in its own language, with {groups} where "
            "the external ids of a person's groups belong. It is added to every query; without groups nothing is found."
        ),
    )
    on_by_default = models.BooleanField(
        _("on by default"), default=False, help_text=_("Switched on in every new chat of those who may ask it.")
    )
    starters = models.JSONField(
        _("starters"), default=list, blank=True, help_text=_("Up to three questions that an empty chat offers.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    enabled = models.BooleanField(_("enabled"), default=True)
    secrets: Any = SecretsField()
    tested_at = models.DateTimeField(null=True, editable=False)
    test_error = models.CharField(max_length=64, blank=True, editable=False)
    test_stages = models.JSONField(default=list, editable=False)  # as answering.source_test has them
    updated = models.DateTimeField(auto_now=True)
    retired = models.DateTimeField(null=True, editable=False, help_text="Deleted; kept for whom it was granted to.")

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("data source")
        verbose_name_plural = _("data sources")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets_lost(self) -> bool:
        """Were secrets stored under an encryption key that is gone?"""
        return isinstance(self.secrets, LostSecrets)

    def wire(self) -> dict[str, Any]:
        """The entry of `data_sources` as a program would send it, secrets included."""
        return {"type": self.type, "parameters": pointers.joined(self.parameters, self.secrets)}

    def read(self) -> data_sources.DataSource:
        """The configuration as values; raises InvalidRequest."""
        return data_sources.read(self.wire(), at=self.name)

    def retire(self) -> None:
        """Delete it, as far as anybody can see: what was cited of it stays, for those to whom it was granted.

        Its configuration and its secrets go, and its name is free again. Grants and access filter say who may read.
        """
        self.retired, self.enabled, self.on_by_default = timezone.now(), False, False
        self.name = f"{self.name[:60]} ({self.pk})"
        self.parameters, self.secrets, self.starters = {}, Secrets(), []
        self.save()

    def configure(self, type: str, parameters: dict[str, Any], *, draft: bool = False) -> list[str]:
        """Take over the wire's JSON, not yet saved; returns warnings. Raises ValidationError, whose `code` says where.

        A secret that is null stays as it is stored, unless it would now be sent somewhere else: then it is dropped,
        and has to be entered again. In a draft nothing but secrets may be missing.
        """
        kept = {} if type != self.type else pointers.kept(self.parameters, parameters, self.secrets)
        whole = pointers.joined(parameters, {**kept, **pointers.part(parameters)[1]})
        entry = {"type": type, "parameters": whole}
        if draft:
            entry["parameters"] = pointers.blank(data_sources.standard(entry, "")[1], "–")
        try:
            read = data_sources.read(entry, at="")
        except InvalidRequest as error:
            place = (error.param or "").removeprefix(".").removeprefix("parameters").removeprefix(".")
            words = str(error).removeprefix(".").removeprefix("parameters.")
            raise ValidationError(words, code=place) from error
        signs_in = getattr(getattr(read.parameters, "authentication", None), "type", "")
        by_token = not draft and signs_in in data_sources.ANY_IDENTITY
        address = getattr(read.parameters, "endpoint", "")
        if by_token and not may_receive(address, settings.ALLOWED_UPSTREAMS):
            raise ValidationError(ELSEWHERE, code="endpoint")
        stored, secrets = pointers.part(data_sources.tidy({"type": type, "parameters": whole}))
        stored = pointers.blank(stored)
        if (read.type, stored) != (self.type, self.parameters) or secrets != self.secrets:
            self.untested()
        self.type, self.parameters = read.type, stored
        if secrets or not self.secrets_lost:
            self.secrets = Secrets(secrets)
        return [each.removeprefix(".parameters.") for each in read.warnings]

    def tested(self, stages: list[dict[str, Any]], error: str) -> None:
        """Keep how a test went; `error` is the stage that failed, or empty."""
        self.tested_at, self.test_stages, self.test_error = timezone.now(), stages, error
        self.save(update_fields=["tested_at", "test_stages", "test_error"])

    def untested(self) -> None:
        """What was seen belongs to what was configured before."""
        self.tested_at, self.test_error, self.test_stages = None, "", []
