"""Who did what to whom, in a chain that shows when somebody changed it afterwards.

Every entry holds the hash of the one before. Whoever alters, inserts or removes one breaks the chain from there on;
whoever cuts off its end is found out by a hash that was noted elsewhere before (`manage.py auditverify --head`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any, NoReturn, Self

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CHANGED = "changed"  # stands for both values of a secret
LOCK = 7_245_201_114  # PostgreSQL's advisory lock of whoever writes
LONGEST = 2000  # characters of a value or note
START = "0" * 64


class Fixed(TypeError):
    """Somebody tried to change or delete what was written down."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def readings_of(self, person: models.Model) -> Self:
        """When others read, or listed, this person's conversations; the newest first."""
        return self.filter(concerns_id=person.pk, verb__in=READINGS).order_by("-number")

    def _fixed(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Fixed("Entries of the audit are neither changed nor deleted.")

    update = delete = bulk_update = bulk_create = _raw_delete = _fixed


READINGS = ("conversation.list", "conversation.read")


class AuditEntry(models.Model):
    """Ids are plain numbers and names are those of the day: entries outlive what they are about."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("when"), db_index=True)
    person_id = models.BigIntegerField(null=True, db_index=True, help_text="None: the server, or nobody signed in.")
    person_name = models.CharField(_("who"), max_length=300, blank=True)
    verb = models.CharField(_("what"), max_length=64, db_index=True, help_text="Stable, such as deployment.change.")
    type = models.CharField(_("type"), max_length=64, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    title = models.CharField(_("object"), max_length=300, blank=True)
    concerns_id = models.BigIntegerField(null=True, db_index=True, help_text="Whose conversation or account it is.")
    changes = models.JSONField(_("changes"), default=dict, help_text="Field → [before, after], or “changed”.")
    note = models.TextField(_("note"), blank=True)
    address = models.CharField(_("from where"), max_length=45, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        ordering = ["-number"]
        indexes = [models.Index(fields=["type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Fixed("Entries of the audit are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Fixed("Entries of the audit are not deleted.")

    @classmethod
    def write(
        cls,
        verb: str,
        target: models.Model | None = None,
        *,
        person: Any = None,
        concerns: models.Model | None = None,
        changes: Mapping[str, Any] | None = None,
        note: str = "",
        address: str = "",
    ) -> "AuditEntry":
        """Append an entry, in the transaction of the act if there is one. Writers wait for each other until it ends.

        So write it last: an act that fails takes its entry with it, and others do not wait for the rest of the act.
        """
        with transaction.atomic():  # on SQLite it has the lock of all writers
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            last = cls.objects.order_by("-number").only("number", "hash").first()
            entry = cls(
                number=last.number + 1 if last else 1,
                at=timezone.now(),
                person_id=person.pk if person else None,
                person_name=name_of(person) if person else "",
                verb=verb,
                type=(target._meta.model_name or "") if target else "",
                object_id=str(target.pk) if target else "",
                title=_text(str(target), 300) if target else "",
                concerns_id=concerns.pk if concerns else None,
                changes=plain(changes or {}),
                note=_text(note),
                address=address,
                previous=last.hash if last else START,
            )
            entry.hash = entry.computed()
            entry.save(force_insert=True)
        return entry

    def computed(self) -> str:
        """SHA-256 over everything else in it, as JSON with sorted keys, no spaces and ASCII alone."""
        facts = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        del facts["hash"]
        facts["at"] = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Walk:
    """How far the chain is whole; `number` of the first broken entry and why, if one is."""

    entries: int
    head: str  # "number:hash" of the last whole entry
    broken: int | None = None
    why: str = ""


def walk(noted: str = "") -> Walk:
    """Follow the chain from its start. `noted`: a head of an earlier walk, "number:hash", that must be part of it."""
    number, digest, head = 0, START, noted.partition(":")
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        why = ""
        if entry.number != number + 1:
            why = "an entry before it is missing"
        elif entry.previous != digest:
            why = "it does not follow the one before"
        elif entry.hash != entry.computed():
            why = "it was changed"
        elif noted and str(entry.number) == head[0] and entry.hash != head[2]:
            why = "it is not the one that was noted"
        if why:
            return Walk(number, f"{number}:{digest}", entry.number, why)
        number, digest = entry.number, entry.hash
    if noted and (not head[0].isdecimal() or int(head[0]) > number):
        return Walk(number, f"{number}:{digest}", number + 1, "it was noted, and entries from here on are missing")
    return Walk(number, f"{number}:{digest}")


def name_of(person: Any) -> str:
    """How a person is called, and the name they sign in with."""
    name, username = str(person), person.get_username()
    return _text(name if name == username else f"{name} ({username})", 300)


def plain(value: Any) -> Any:
    """As JSON that both databases give back as it was: no floats, no dates, no control characters, nothing endless."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_text(str(key), 200): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return _text(f"{value.normalize():f}" if isinstance(value, Decimal) else str(value))


def _text(text: str, longest: int = LONGEST) -> str:
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
