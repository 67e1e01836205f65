"""The list of a person's conversations, grouped by when they were last used, in the person's time zone."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.models import Conversation, Message, User

SHOWN = 100  # at first; more come as the list is scrolled
MOST = 10_000


def listing(person: User, current: UUID | None = None, shown: int = SHOWN) -> dict[str, Any]:
    """What the list's template takes: groups with a label and their conversations, the newest first; one query."""
    running = Message.objects.running().filter(conversation=OuterRef("pk"))
    found = list(
        Conversation.objects.for_user(person)
        .listed()
        .filter(archived=False)
        .annotate(running=Exists(running))
        .only("pk", "title", "updated", "unseen", "pinned", "deployment")
        .order_by("-pinned", "-updated")[: shown + 1]
    )
    grouped: dict[str, list[dict[str, Any]]] = {}
    today = timezone.localdate()
    for each in found[:shown]:
        label = _("Pinned") if each.pinned else _label((today - timezone.localdate(each.updated)).days, each)
        grouped.setdefault(label, []).append(
            {
                "id": str(each.pk),
                "url": reverse("conversation", args=[each.pk]),
                "title": each.title,
                "current": each.pk == current,
                "running": each.running,
                "unseen": each.unseen and each.pk != current,
            }
        )
    groups = [{"label": label, "conversations": rows} for label, rows in grouped.items()]
    newest = max(found, key=lambda each: each.updated, default=None)
    return {
        "groups": groups,
        "more": shown + SHOWN if len(found) > shown else 0,
        "used_last": newest.deployment_id if newest else None,
    }


def _label(days: int, conversation: Conversation) -> str:
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if days <= 7:
        return _("Last 7 days")
    month = timezone.localtime(conversation.updated)
    same_year = month.year == timezone.localtime().year
    return date_format(month, "F" if same_year else "F Y")
