"""What was asked and what it cost, summed straight from the attempts: by day, by person, by deployment.

An attempt counts once it has ended. One that continues an answer counts like an answer of its own: it was asked
for, and paid for, separately.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, RowNumber

from conversations.models.attempt import Attempt
from conversations.models.deployment import Deployment
from conversations.models.periods import Period
from conversations.models.user import User

# A refused prompt is the filter at work, not a deployment that fails.
FAILED = ~Q(error__in=["", "content_filter"])
# What failed without tokens cost nothing; what ended well without a price, or without a count, cost nobody knows what.
UNKNOWN = Q(cost=None) & (~Q(usage={}) | Q(error=""))
KEYS = ("day", "person", "deployment")


@dataclass(frozen=True)
class Figures:
    """Sums over attempts. `cost` is None when none had a price; `unpriced` is how many cost nobody knows what."""

    answers: int = 0
    failed: int = 0
    prompt: int = 0  # tokens, cached ones included
    cached: int = 0
    completion: int = 0
    cost: Decimal | None = None
    unpriced: int = 0
    first_token_ms: int | None = None  # the median


@dataclass(frozen=True)
class Line:
    key: Any  # a date, or the id of a person or deployment
    label: str  # of a person or deployment
    figures: Figures


def ended(begin: datetime | None = None, end: datetime | None = None) -> QuerySet[Attempt]:
    """Attempts that have ended and began within [begin, end)."""
    found = Attempt.objects.select_related(None).exclude(duration_ms=None, error="")
    if begin:
        found = found.filter(started__gte=begin)
    return found.filter(started__lt=end) if end else found


def totals(attempts: QuerySet[Attempt]) -> Figures:
    """The sums of all of them, without the median."""
    return _figures(attempts.aggregate(**_sums()), None)


def by(period: Period, what: str) -> list[Line]:
    """One line a day (oldest first), person or deployment (most answers first); `what` is one of KEYS."""
    attempts = ended(period.begin, period.end)
    key = {"day": _day(period), "person": F("message__owner"), "deployment": F("deployment")}[what]
    keyed = attempts.annotate(key=key).order_by()
    middles = medians(attempts, key)
    rows: dict[Any, dict[str, Any]] = {each["key"]: dict(each) for each in keyed.values("key").annotate(**_sums())}
    if what == "day":
        return [Line(period.days[at], "", _figures(rows[at], middles.get(at))) for at in sorted(rows)]
    labels = _labels(User if what == "person" else Deployment, rows)
    lines = [Line(pk, labels.get(pk, ""), _figures(row, middles.get(pk))) for pk, row in rows.items()]
    return sorted(lines, key=lambda each: (-each.figures.answers, each.label))


def _day(period: Period) -> Case:
    """The number of an attempt's day, from 0, by where days begin: SQLite would call Python for each row's date."""
    starts = [When(started__gte=moment, then=Value(at)) for at, moment in enumerate(period.midnights)]
    return Case(*reversed(starts), output_field=models.IntegerField())


def medians(attempts: QuerySet[Attempt], key: Any) -> dict[Any, int]:
    """Group → median milliseconds to the first token, found by the database: the lower middle one."""
    ranked = (
        attempts.exclude(first_token_ms=None)
        .annotate(key=key)
        .annotate(
            rank=Window(RowNumber(), partition_by=[F("key")], order_by="first_token_ms"),
            of=Window(Count("*"), partition_by=[F("key")]),
        )
        .filter(rank=(F("of") + 1) / 2)
    )
    return {key: median for key, median in ranked.order_by().values_list("key", "first_token_ms") if median is not None}


def _sums() -> dict[str, Any]:
    def tokens(*path: str) -> Any:
        value: Any = "usage"
        for name in path:
            value = KeyTransform(name, value)
        return Sum(Cast(value, models.BigIntegerField()))

    return {
        "answers": Count("*"),
        "failed": Count("pk", filter=FAILED),
        "prompt": tokens("prompt_tokens"),
        "cached": tokens("prompt_tokens_details", "cached_tokens"),
        "completion": tokens("completion_tokens"),
        "charged": Sum("cost"),
        "unpriced": Count("pk", filter=UNKNOWN),
    }


def _figures(sums: dict[str, Any], median: int | None) -> Figures:
    counted = {name: sums[name] or 0 for name in ("answers", "failed", "prompt", "cached", "completion", "unpriced")}
    return Figures(**counted, cost=sums["charged"], first_token_ms=median)


def _labels(model: type[models.Model], keys: Iterable[Any]) -> dict[Any, str]:
    return {pk: str(each) for pk, each in model._default_manager.in_bulk([key for key in keys if key]).items()}
