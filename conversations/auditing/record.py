"""Who asks and from where, as an entry of the audit says it."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest

from conversations.auditing import state
from conversations.models import AuditEntry

Row = TypeVar("Row", bound=models.Model)


def record(
    request: HttpRequest | None,
    verb: str,
    target: models.Model | None = None,
    *,
    person: Any = None,
    concerns: models.Model | None = None,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write down that the person of this request (or `person`) did it. Call it last in the act's transaction."""
    who = person or getattr(request, "user", None)
    return AuditEntry.write(
        verb,
        target,
        person=who if who is not None and who.is_authenticated else None,
        concerns=concerns,
        changes=changes,
        note=note,
        address=address_of(request),
    )


@contextmanager
def changing(request: HttpRequest, target: models.Model, verb: str) -> Iterator[None]:
    """One transaction around what changes this row, and an entry of what that was, if anything."""
    with transaction.atomic():
        before = state.of(target)
        yield
        if changes := state.differences(before, state.of(target)):
            record(request, verb, target, changes=changes)


def facts(row: models.Model) -> dict[str, Any]:
    """What a new row says, as the changes of an entry."""
    return state.differences({}, state.of(row))


def as_it_is(row: Row) -> Row:
    """A copy for the entry of its deletion, which takes the id away from the row itself."""
    str(row)  # fetches what its title is made of
    return copy.copy(row)


def address_of(request: HttpRequest | None) -> str:
    """The visitor's address, by the rules of TRUSTED_PROXY; empty if nothing says it, as in a command."""
    if request is None:
        return ""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return ""
