"""What was asked and what it cost, summed straight from attempts and calls: by day, person, group, deployment, purpose.

An attempt counts once it has ended. One that continues an answer counts like an answer of its own: it was asked
for, and paid for, separately. Answers that were deleted count by the calls that they left. Tokens and cost are of
everything; `other_…` is the part of it that was no answer. Who is in two groups counts in each, so that the lines of
groups have no sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, RowNumber

from conversations.models.attempt import Attempt
from conversations.models.call import Call, Purpose
from conversations.models.deployment import Deployment
from conversations.models.periods import Period
from conversations.models.user import User

# A refused prompt is the filter at work, and a budget the company's own: neither is a deployment that fails.
NO_FAILURE = ("", "content_filter", "budget_exceeded")
FAILED = ~Q(error__in=NO_FAILURE)
# What failed without tokens cost nothing; what ended well without a price, or without a count, cost nobody knows what.
UNKNOWN = Q(cost=None) & (~Q(usage={}) | Q(error=""))
KEYS = ("day", "person", "group", "deployment", "purpose")
GONE = Q(purpose=Purpose.ANSWER)  # calls that are what is left of deleted answers


@dataclass(frozen=True)
class Figures:
    """Sums over attempts and calls. `cost` is None when none had a price; `unpriced` answers cost nobody knows what."""

    answers: int = 0
    failed: int = 0
    prompt: int = 0  # tokens, cached ones included
    cached: int = 0
    completion: int = 0
    cost: Decimal | None = None
    unpriced: int = 0
    first_token_ms: int | None = None  # the median, of answers that are still there
    calls: int = 0  # beside answers, and their part of what is above
    other_prompt: int = 0
    other_completion: int = 0
    other_cost: Decimal | None = None
    other_unpriced: int = 0


@dataclass(frozen=True)
class Line:
    key: Any  # a date, the id of a person, group or deployment, or a purpose
    label: str  # of a person, group, deployment or purpose
    figures: Figures


def ended(begin: datetime | None = None, end: datetime | None = None) -> QuerySet[Attempt]:
    """Attempts that have ended and began within [begin, end)."""
    found = Attempt.objects.select_related(None).exclude(duration_ms=None, error="")
    if begin:
        found = found.filter(started__gte=begin)
    return found.filter(started__lt=end) if end else found


def totals(period: Period | None = None, person: User | None = None) -> Figures:
    """The sums alone, without the median: of always and of everybody, unless told otherwise."""
    attempts, calls = _asked(period, person)
    return _figures(attempts.aggregate(**_sums()), calls.aggregate(**_other_sums()), None)


def by(period: Period, what: str, person: User | None = None) -> list[Line]:
    """One line for each of `what` (one of KEYS): days oldest first, others with most answers first."""
    attempts, calls = _asked(period, person)
    key, other = {
        "day": (_day(period), _day(period)),
        "person": (F("message__owner"), F("person")),
        "group": (F("message__owner__groups"), F("person__groups")),
        "deployment": (F("deployment"), F("deployment")),
        "purpose": (Value(Purpose.ANSWER.value), F("purpose")),
    }[what]
    middles = medians(attempts, key)
    found, beside = _keyed(attempts, key, _sums()), _keyed(calls, other, _other_sums())
    lines = {each: _figures(found.get(each), beside.get(each), middles.get(each)) for each in {**found, **beside}}
    if what == "day":
        return [Line(period.days[at], "", lines[at]) for at in sorted(lines)]
    labels = _labels(what, lines)
    made = [Line(each, labels.get(each, ""), figures) for each, figures in lines.items()]
    return sorted(made, key=lambda each: (-each.figures.answers, -each.figures.calls, each.label))


def _asked(period: Period | None, person: User | None) -> tuple[QuerySet[Attempt], QuerySet[Call]]:
    attempts, calls = ended(*((period.begin, period.end) if period else ())), Call.objects.all()
    if period:
        calls = calls.filter(started__gte=period.begin, started__lt=period.end)
    if person:
        attempts, calls = attempts.filter(message__owner=person), calls.filter(person=person)
    return attempts, calls


def _keyed(rows: QuerySet[Any], key: Any, sums: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    found = rows.annotate(line=key).order_by().values("line").annotate(**sums)
    return {each["line"]: dict(each) for each in found}


def _day(period: Period) -> Case:
    """The number of an attempt's day, from 0, by where days begin: SQLite would call Python for each row's date."""
    starts = [When(started__gte=moment, then=Value(at)) for at, moment in enumerate(period.midnights)]
    return Case(*reversed(starts), output_field=models.IntegerField())


def medians(attempts: QuerySet[Attempt], key: Any) -> dict[Any, int]:
    """Group → median milliseconds to the first token, found by the database: the lower middle one."""
    ranked = (
        attempts.exclude(first_token_ms=None)
        .annotate(line=key)
        .annotate(
            rank=Window(RowNumber(), partition_by=[F("line")], order_by="first_token_ms"),
            of=Window(Count("*"), partition_by=[F("line")]),
        )
        .filter(rank=(F("of") + 1) / 2)
    )
    return {
        key: median for key, median in ranked.order_by().values_list("line", "first_token_ms") if median is not None
    }


def _sums() -> dict[str, Any]:
    def tokens(*path: str) -> Any:
        value: Any = "usage"
        for name in path:
            value = KeyTransform(name, value)
        return Sum(Cast(value, models.BigIntegerField()))

    return {
        "answers": Count("*"),
        "failures": Count("pk", filter=FAILED),
        "into": tokens("prompt_tokens"),
        "kept": tokens("prompt_tokens_details", "cached_tokens"),
        "out": tokens("completion_tokens"),
        "charged": Sum("cost"),
        "unpriced": Count("pk", filter=UNKNOWN),
    }


def _other_sums() -> dict[str, Any]:
    return {
        "answers": Count("pk", filter=GONE),
        "failures": Count("pk", filter=GONE & Q(failed=True)),
        "into": Sum("prompt"),
        "kept": Sum("cached"),
        "out": Sum("completion"),
        "charged": Sum("cost"),
        "unpriced": Count("pk", filter=GONE & Q(cost=None)),
        "calls": Count("pk", filter=~GONE),
        "other_prompt": Sum("prompt", filter=~GONE),
        "other_completion": Sum("completion", filter=~GONE),
        "other_charged": Sum("cost", filter=~GONE),
        "other_unpriced": Count("pk", filter=~GONE & Q(cost=None)),
    }


def _figures(answers: dict[str, Any] | None, calls: dict[str, Any] | None, median: int | None) -> Figures:
    both, beside = (answers or {}, calls or {}), calls or {}

    def summed(name: str) -> Any:
        known = [each[name] for each in both if each.get(name) is not None]
        return sum(known[1:], known[0]) if known else None

    sums = {"failed": "failures", "prompt": "into", "cached": "kept", "completion": "out"}
    counted = {name: summed(sums.get(name, name)) or 0 for name in ("answers", "unpriced", *sums)}
    counted |= {name: beside.get(name) or 0 for name in ("calls", "other_prompt", "other_completion", "other_unpriced")}
    return Figures(**counted, cost=summed("charged"), other_cost=beside.get("other_charged"), first_token_ms=median)


def _labels(what: str, keys: Iterable[Any]) -> dict[Any, str]:
    if what == "purpose":
        return {each.value: str(each.label) for each in Purpose}
    model: type[models.Model] = {"person": User, "group": Group, "deployment": Deployment}[what]
    return {pk: str(each) for pk, each in model._default_manager.in_bulk([key for key in keys if key]).items()}
