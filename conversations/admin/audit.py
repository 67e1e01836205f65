"""The audit to read: filtered, searched and as CSV; nothing in it can be changed here or anywhere."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from conversations.admin.usage import plain
from conversations.auditing import record
from conversations.models import AuditEntry
from conversations.models.audit import CHANGED

COLUMNS: tuple[str, ...] = (
    *("number", "at", "person_id", "person_name", "verb", "type", "object_id", "title", "concerns_id"),
    *("changes", "note", "address", "hash"),
)
BATCH = 1000  # rows that are fetched at once


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):
    change_list_template = "admin/audit.html"
    list_display = ("when", "who", "verb", "title", "what", "address")
    list_filter = ("at", "verb", "type", "person_name")
    search_fields = ("person_name", "title", "object_id", "note", "address")
    search_help_text = _("Name of a person or an object, id, note or address.")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    fields = readonly_fields = (
        *("number", "at", "person_name", "person_id", "verb", "type", "title", "object_id", "what", "note"),
        *("address", "previous", "hash"),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.table)
        return [path("audit.csv", view, name="conversations_auditentry_csv"), *super().get_urls()]

    @admin.display(description=_("when"), ordering="number")
    def when(self, entry: AuditEntry) -> Any:
        return entry.at

    @admin.display(description=_("who"), ordering="person_name")
    def who(self, entry: AuditEntry) -> Any:
        return entry.person_name or "–"

    @admin.display(description=_("changes"))
    def what(self, entry: AuditEntry) -> str:
        told = [
            (name, change == CHANGED, *(("", "") if change == CHANGED else map(_shown, change)))
            for name, change in entry.changes.items()
        ]
        return render_to_string("admin/_changes.html", {"changes": told, "note": entry.note})

    def table(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows with these filters, oldest first, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = self.get_changelist_instance(request).get_queryset(request).order_by("number")
        record(request, "audit.export", note=request.GET.urlencode())
        response = StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


async def _lines(entries: QuerySet[AuditEntry]) -> AsyncIterator[str]:
    """Never more than a batch of them in memory."""
    yield "\ufeff" + _csv([COLUMNS])
    after = 0
    while rows := await sync_to_async(_rows)(entries.filter(number__gt=after)):
        after = rows[-1][0]
        yield _csv(rows)


def _rows(entries: QuerySet[AuditEntry]) -> list[tuple[Any, ...]]:
    return list(entries.values_list(*COLUMNS)[:BATCH])


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "–"
    return {None: "–", "": "–", True: "✓", False: "✗"}.get(value) or str(value)


def _csv(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return plain(value) if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else value
