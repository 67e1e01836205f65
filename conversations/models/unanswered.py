"""Questions that a data source had no good answer to, for whoever keeps it; never whose they were.

A question's text belongs to the person who asked it. What is shown is what was searched for, in words that a model
made of the question; where the search was the question itself, it is only counted. A person who thinks an answer bad
may share the question with that, and only then it stands here as it was asked. Nothing is shown of temporary chats, nor
of those that were deleted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.utils import timezone

from conversations.models.attempt import Attempt
from conversations.models.data_source import DataSource
from conversations.models.evidence import Citation, Verdict
from conversations.models.feedback import Feedback
from conversations.models.message import Message, Role, State
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
    bad = [each for each in _attempts(source) if not each.cited or each.unsupported or each.disliked]
    questions = Prefetch("messages", Message.objects.filter(role=Role.USER), to_attr="questions")
    prefetch_related_objects([each.message.conversation for each in bad], questions)
    for attempt in bad:
        searched = [each for each in attempt.facts.get("queries") or [] if isinstance(each, str)]
        if not searched:
            continue
        found.refused += not attempt.cited
        found.unsupported += attempt.unsupported
        found.disliked += attempt.disliked
        asked = attempt.message.parent.text if attempt.message.parent else ""
        if attempt.shared:
            found.shared.append(asked)
        # A short question is searched together with the one before it: no question of this conversation may show.
        said = [asked, *(each.text for each in attempt.message.conversation.questions)]
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
    rows = rows.filter(message__conversation__temporary=False, message__conversation__deleted=None)
    return rows.select_related("message__parent", "message__conversation").order_by("-started").annotate(
        cited=Exists(citations),
        unsupported=Exists(citations.filter(verdict=Verdict.NOT_FOUND)),
        disliked=Exists(disliked),
        shared=Exists(disliked.filter(shared=True)),
    )[:MOST]  # fmt: skip


def _repeats(query: str, question: str) -> bool:
    """Does the search say the question in its own words? Then it is as much the person's as that."""
    return " ".join(fold(query).split()) in " ".join(fold(question).split())
