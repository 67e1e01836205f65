"""Questions that a data source had no good answer to, for whoever keeps it; never whose they were.

A question's text belongs to the person who asked it. What is shown is what was searched for, in words that a model
made of the question; where the search was the question itself, it is only counted. A person who thinks an answer bad
may share the question with that, and only then it stands here as it was asked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from conversations.models import Attempt, Citation, DataSource, Feedback, Role, State, Verdict
from conversations.texts.words import fold

DAYS = 30
MOST = 2000  # answers that are looked through, the newest
SHOWN = 100  # queries


@dataclass
class Unanswered:
    """`queries`: what was looked for, with how often; `shared`: questions that their persons let others read."""

    refused: int = 0  # nothing was cited
    unsupported: int = 0  # a citation does not say so
    disliked: int = 0
    verbatim: int = 0  # answers whose search was the question itself
    queries: list[tuple[str, int]] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)


def of(source: DataSource) -> Unanswered:
    """What came of the answers of the last DAYS that the source was asked for."""
    found, queries = Unanswered(), Counter[str]()
    for attempt in _attempts(source):
        searched = [each for each in attempt.facts.get("queries") or [] if isinstance(each, str)]
        refused, unsupported = not attempt.cited, attempt.unsupported
        if not searched or not (refused or unsupported or attempt.disliked):
            continue
        found.refused += refused
        found.unsupported += unsupported
        found.disliked += attempt.disliked
        asked = attempt.message.parent.text if attempt.message.parent else ""
        if attempt.shared:
            found.shared.append(asked)
        # A short question is searched together with the one before it: no question of this conversation may show.
        said = [asked, *attempt.message.conversation.messages.filter(role=Role.USER).values_list("text", flat=True)]
        told = [each for each in searched if not any(_repeats(each, question) for question in said)]
        queries.update(told)
        found.verbatim += not told
    found.queries = queries.most_common(SHOWN)
    return found


def _attempts(source: DataSource) -> Iterable[Any]:
    """Attempts, each with what is known of its citations and its feedback."""
    citations = Citation.objects.filter(evidence__message=OuterRef("message"))
    disliked = Feedback.objects.filter(message=OuterRef("message"), good=False)
    since = timezone.now() - timedelta(days=DAYS)
    rows = Attempt.objects.filter(sources=source, started__gte=since, message__state=State.COMPLETE)
    return rows.select_related("message__parent", "message__conversation").order_by("-started").annotate(
        cited=Exists(citations),
        unsupported=Exists(citations.filter(verdict=Verdict.NOT_FOUND)),
        disliked=Exists(disliked),
        shared=Exists(disliked.filter(shared=True)),
    )[:MOST]  # fmt: skip


def _repeats(query: str, question: str) -> bool:
    """Does the search say the question in its own words? Then it is as much the person's as that."""
    return " ".join(fold(query).split()) in " ".join(fold(question).split())
