"""The one hook of the administration: whatever is added, changed or deleted there is written down with what changed.

The site mixes it into every class that is registered, also into those of other apps, so that none can be forgotten.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.http import HttpRequest

from conversations.auditing import state
from conversations.auditing.record import as_it_is, facts, record
from conversations.models import User
from conversations.models.audit import CHANGED


class Audited(admin.ModelAdmin):
    """Django calls `log_…` for every change, in its transaction; what was before is looked at before it is saved."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        _before(request)[id(obj)] = state.of(obj) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Lines of tables on the same page count as fields of it."""
        before = [_lines(formset, form.instance) for formset in formsets]
        super().save_related(request, form, formsets, change)
        lines = _before(request).setdefault("lines", {})
        for old, formset in zip(before, formsets, strict=True):
            lines.update(state.differences(old, _lines(formset, form.instance)))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self._written(request, "add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self._written(request, "change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Django calls it before it deletes; the entries are written after that, so that nobody waits for it."""
        _before(request)["deleted"] = [(as_it_is(each), facts(each)) for each in queryset]
        return super().log_deletions(request, queryset)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._deleted(request)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        self._deleted(request)

    def response_action(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():  # what an action does, and its entry
            return super().response_action(*args, **kwargs)

    def _written(self, request: HttpRequest, act: str, obj: Any, message: Any) -> None:
        before = _before(request).pop(id(obj), {} if act == "add" else None)
        changes = _named(message) if before is None else state.differences(before, state.of(obj))
        changes |= _before(request).pop("lines", {})
        note = message if isinstance(message, str) else ""
        if changes or note or act == "add":  # else it was saved as it was
            record(request, self._verb(act, changes), obj, concerns=_person(obj), changes=changes, note=note)

    def _deleted(self, request: HttpRequest) -> None:
        for each, said in _before(request).pop("deleted", []):
            gone = {name: [change[1], None] for name, change in said.items() if change != CHANGED}
            record(request, self._verb("delete", gone), each, concerns=_person(each), changes=gone)

    def _verb(self, act: str, changes: dict[str, Any]) -> str:
        """What an act (add, change or delete) is called; a class with an `audit_verb` of its own says so itself."""
        named: Any = getattr(self, "audit_verb", None)
        return str(named(act, changes)) if named else f"{self.opts.model_name}.{act}"


def _before(request: HttpRequest) -> dict[Any, Any]:
    """What rows said before this request saved them; it lives as long as the request."""
    found: dict[Any, Any] = vars(request).setdefault("audit_before", {})
    return found


def _lines(formset: Any, parent: models.Model) -> state.Row:
    found: state.Row = {}
    if parent.pk is not None:
        for row in formset.model._base_manager.filter(**{formset.fk.name: parent}).order_by("pk"):
            name = f"{formset.model._meta.model_name} #{row.pk}"
            own = {k: v for k, v in state.of(row).items() if k != formset.fk.name}
            found |= {f"{name} {field}": value for field, value in own.items()}
    return found


def _named(message: Any) -> dict[str, str]:
    """Fields that a page of its own says it changed: the password's."""
    parts = message if isinstance(message, list) else []
    return {name.lower(): CHANGED for each in parts for name in each.get("changed", {}).get("fields", [])}


def _person(obj: models.Model) -> User | None:
    return obj if isinstance(obj, User) else None
