"""`manage.py rotatekeys`: encrypt every stored secret with the first of FIELD_ENCRYPTION_KEYS.

A row is a transaction of its own, and what has the first key is left alone: a run that was broken off is run again.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import BaseCommand, CommandError
from django.db import models, transaction
from django.db.models.functions import Cast

from conversations.models import AuditEntry
from conversations.models.secrets import LostSecrets, SecretsField, decrypt, encrypt, encrypted_by_first


class Command(BaseCommand):
    help = "Encrypt all stored secrets with the first of FIELD_ENCRYPTION_KEYS; afterwards the others can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        again, fine, lost = 0, 0, []
        for model, turn in [*((model, partial(rotate, model, field)) for model, field in fields()), FACTORS]:
            for pk in model._base_manager.order_by("pk").values_list("pk", flat=True).iterator():
                fate = turn(pk)
                again += fate == "again"
                fine += fate == "fine"
                if fate == "lost":
                    row = model._base_manager.get(pk=pk)
                    lost.append(f"{model._meta.verbose_name} “{row}” (id {pk})")
        if again:
            AuditEntry.write("keys.rotate", note=f"{again} encrypted again, {fine} left, {len(lost)} lost")
        self.stdout.write(f"{again} encrypted with the first key now, {fine} had been already.")
        if lost:
            raise CommandError("None of the keys decrypts these; enter their secrets again: " + ", ".join(lost))


def fields() -> Iterator[tuple[Any, str]]:
    """Every model with a column of secrets, and that column; also of models that come later."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SecretsField):
                yield model, field.name


def rotate(model: Any, field: str, pk: Any) -> str:
    """One row: `again`, `fine` if there was nothing to do, or `lost`."""
    with transaction.atomic():
        rows = model._base_manager.select_for_update().filter(pk=pk)
        row = rows.annotate(stored=Cast(field, models.TextField())).first()
        if row is None or encrypted_by_first(row.stored):
            return "fine"
        secrets = getattr(row, field)
        if isinstance(secrets, LostSecrets):
            return "lost"
        rows.update(**{field: secrets})
        return "again"


def rotate_factor(pk: Any) -> str:
    """The secrets of one second factor, which allauth keeps in JSON as `encrypt` made them."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        old = {name: row.data[name] for name in ("secret", "seed") if name in row.data} if row else {}
        old = {name: value for name, value in old.items() if not encrypted_by_first(value)}
        if row is None or not old:
            return "fine"
        plain = {name: decrypt(value) for name, value in old.items()}
        if None in plain.values():
            return "lost"
        row.data |= {name: encrypt(value or "") for name, value in plain.items()}
        row.save(update_fields=["data"])
        return "again"


FACTORS: Any = (Authenticator, rotate_factor)
