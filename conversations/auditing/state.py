"""What a row says, as values that can be compared and written down; secrets only as whether they changed."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from conversations.models.audit import CHANGED
from conversations.models.secrets import SecretsField

SECRET = re.compile(r"password|secret|token|hash|credential|recovery|private|seed|^data$", re.IGNORECASE)
WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)  # a count of tokens is no secret

Row = dict[str, Any]


class Hidden:
    """A secret: it can be compared with another, and shows nothing."""

    def __init__(self, value: Any) -> None:
        self._digest = hashlib.sha256(repr(value).encode()).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self._digest == other._digest

    __hash__ = None  # type: ignore[assignment]  # compared only


def of(row: models.Model) -> Row:
    """The fields that people edit, and those that the model names in `audited`, by name; read from the database.

    Members of JSON have names of their own (`parameters.endpoint`); a relation shows its title and id.
    """
    found: Row = {}
    stored = type(row)._base_manager.filter(pk=row.pk).first()
    if stored is None:
        return found
    for field in stored._meta.concrete_fields:
        value = getattr(stored, field.attname)
        if isinstance(field, SecretsField) or (SECRET.search(field.name) and isinstance(field, WORDS)):
            found[field.name] = Hidden(dict(value) if isinstance(value, dict) else value)
        elif field.editable and not field.primary_key and not isinstance(field, models.BinaryField):
            if field.is_relation and value is not None:
                found[field.name] = _titled(getattr(stored, field.name))
            else:
                found.update(_flat(field.name, value))
    for name in getattr(stored, "audited", ()):
        found.update(_flat(name, getattr(stored, name)))
    for field in stored._meta.many_to_many:
        if field.editable:
            found[field.name] = sorted(_titled(each) for each in getattr(stored, field.name).all())
    return found


def differences(before: Row, after: Row) -> dict[str, Any]:
    """Field → [before, after], or “changed” for secrets, for every field in which they differ."""
    found: dict[str, Any] = {}
    for name in [*before, *(each for each in after if each not in before)]:
        old, new = before.get(name), after.get(name)
        if old == new or (not before and new in (None, "", [], False)):
            continue
        found[name] = CHANGED if isinstance(old, Hidden) or isinstance(new, Hidden) else [old, new]
    return {name: each for name, each in found.items() if not (not before and each == CHANGED and _empty(after[name]))}


def _empty(value: Any) -> bool:
    return value in (Hidden(""), Hidden({}), Hidden(None))


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{name}.{key}", each)
    elif "." in name and isinstance(value, str | list) and SECRET.search(name):
        yield name, Hidden(value)
    else:
        yield name, value


def _titled(row: models.Model) -> str:
    return f"{row} (#{row.pk})"
