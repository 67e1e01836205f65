"""What answers made of a data source: which documents they cite, and how well these say what the answers say.

Titles and counts only: questions and answers are their owners' alone.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from conversations.models.collection import MANAGE, Collection
from conversations.models.data_source import DataSource
from conversations.models.document import Document, Stage
from conversations.models.evidence import Citation, Evidence, Verdict
from conversations.models.user import User

RECENT = timedelta(days=30)
SHOWN = 5


@dataclass(frozen=True)
class Cited:
    """In the last 30 days. `documents_told`: may this person know which documents there are?"""

    answers: int  # that were given something of it to read
    citations: int
    supported: int
    documents_told: bool
    most: list[tuple[str, int]] = field(default_factory=list)  # titles, and in how many answers
    never: list[str] = field(default_factory=list)
    never_count: int = 0

    @property
    def never_more(self) -> int:
        return self.never_count - len(self.never)

    @property
    def supported_share(self) -> str:
        """Of the citations, in percent; empty while there are none."""
        return f"{round(100 * self.supported / self.citations)} %" if self.citations else ""


def cited(source: DataSource, person: User) -> Cited:
    """A few queries, however many answers there are."""
    since = timezone.now() - RECENT
    given = Evidence.objects.filter(source=source, number__gt=0, message__created__gte=since)
    checked = Citation.objects.filter(evidence__in=given).aggregate(
        all=Count("pk"), supported=Count("pk", filter=Q(verdict=Verdict.SUPPORTED))
    )
    answers = given.aggregate(answers=Count("message", distinct=True))["answers"]
    ours = _documents(source, person) if source.type == "local" else None
    told = not source.access_filter
    facts = (answers, checked["all"], checked["supported"], told)
    if not told:  # its documents have different readers, and only the store knows who they are
        return Cited(*facts)
    if ours is not None:
        return Cited(*facts, *_of_ours(given, ours))
    return Cited(*facts, *_of_theirs(given))


def _documents(source: DataSource, person: User) -> models.QuerySet[Document]:
    """Those of its collections that this person reads or manages."""
    names = source.parameters.get("collections") or []
    readable = Collection.objects.for_reader(person.reader()).filter(name__in=names, conversation=None)
    if person.has_perm(MANAGE):
        readable = Collection.objects.filter(name__in=names, conversation=None, deleted=None)
    return Document.objects.filter(collection__in=readable, deleted=None)


def _of_ours(
    given: models.QuerySet[Evidence], documents: models.QuerySet[Document]
) -> tuple[list[tuple[str, int]], list[str], int]:
    titles = {str(pk): title for pk, title in documents.values_list("pk", "title")}
    counts = (
        given.exclude(citations=None).order_by().values_list("document").annotate(times=Count("message", distinct=True))
    )
    times = {pk: count for pk, count in counts if pk in titles}
    most = sorted(((titles[pk], count) for pk, count in times.items()), key=lambda each: (-each[1], each[0]))
    ready = documents.filter(state=Stage.READY).values_list("pk", "title").order_by("title")
    never = [title for pk, title in ready if str(pk) not in times]
    return most[:SHOWN], never[:SHOWN], len(never)


def _of_theirs(given: models.QuerySet[Evidence]) -> tuple[list[tuple[str, int]], list[str], int]:
    """Of an index elsewhere only what was given to answers is known."""
    rows = (
        given.filter(purged=False)
        .order_by()
        .values_list("title", "filepath", "url")
        .annotate(times=Count("message", filter=~Q(citations=None), distinct=True))
    )
    counts: dict[str, int] = {}
    for title, filepath, url, times in rows:
        name = title or filepath or url
        if name:
            counts[name] = counts.get(name, 0) + times
    most = sorted(((name, times) for name, times in counts.items() if times), key=lambda each: (-each[1], each[0]))
    never = sorted(name for name, times in counts.items() if not times)
    return most[:SHOWN], never[:SHOWN], len(never)
