"""What the pages of collections show: the collections of a person, and a row for each document of one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from conversations.models import MANAGE, Collection, Document, Evidence, Stage, User
from conversations.models.group import readers
from conversations.views.reasons import REASONS


@dataclass(frozen=True)
class Row:
    """A document as a list shows it. `done` of `total` pages are read, or passages embedded.

    `why` it failed, and whether an earlier version is `kept`.
    """

    pk: int
    title: str
    filename: str
    state: str
    label: str
    waiting: bool
    done: int
    total: int
    pages: int
    passages: int
    size: int
    why: str
    kept: bool

    @classmethod
    def of(cls, document: Document) -> "Row":
        return cls(
            pk=document.pk,
            title=document.title,
            filename=document.filename,
            state=document.state,
            label=document.get_state_display(),
            waiting=document.waiting,
            done=document.done,
            total=document.total,
            pages=document.pages,
            passages=document.chunks_count,
            size=document.size,
            why=str(REASONS.get(document.reason, "")),
            kept=document.state == Stage.FAILED and document.version > 0,
        )

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


def shell(person: User, current: Collection | None = None) -> dict[str, Any]:
    """The list of collections beside every page."""
    readable = Collection.objects.for_reader(person.reader()).filter(conversation=None)
    managed = Collection.objects.managed_by(person).filter(deleted=None)
    kept = Q(documents__deleted=None)
    found = (
        Collection.objects.filter(Q(pk__in=readable) | Q(pk__in=managed))
        .annotate(count=Count("documents", filter=kept), all_pages=Sum("documents__pages", filter=kept))
        .order_by("name")
    )
    return {"collections": found, "current": current, "person": person, "may_make": person.has_perm(MANAGE)}


def listed(person: User, found: Collection, deleted: str) -> dict[str, Any]:
    """The documents of a collection. `deleted`: the id, as it was typed, of one that can be taken back."""
    rows = [Row.of(each) for each in found.documents.filter(deleted=None)]
    names = readers(found)
    managed = Collection.objects.managed_by(person).filter(pk=found.pk).exists()
    thrown = found.documents.exclude(deleted=None).filter(pk=deleted).first() if number(deleted) and managed else None
    return {
        "collection": found,
        "documents": rows,
        "managed": managed,
        "readers": names,
        "hidden": found.groups.exists() and not names,
        "waiting": any(each.waiting for each in rows) or found.outdated,
        "thrown": thrown,
        "thrown_cited": Evidence.objects.of(thrown).answers() if thrown else 0,
        "index_failed": found.indexes.exclude(failed="").exists() and found.outdated,
    }


def number(text: str) -> bool:
    """Is it one that an address of ours can hold?"""
    return text.isdecimal() and len(text) < 10
