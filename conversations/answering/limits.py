"""What the company lets a person or an API key ask: budgets a month, answers at once, questions a minute.

The one place that refuses, for the pages, which ask before they keep a question, and for `admit`, which all else
passes. Without budgets it costs one query, and none for limits that are not set.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from conversations.completions.errors import LimitReached
from conversations.models import Attempt, Budget, Message, Reader, Standing, User

MINUTE = timedelta(minutes=1)
SOON = 5.0  # seconds after which it makes sense to look whether an answer has ended


class BudgetExceeded(LimitReached):
    """A budget is used up until `standing.begins`."""

    code = "budget_exceeded"

    def __init__(self, standing: Standing) -> None:
        whose = f" of “{standing.whose}”" if standing.whose else ""
        words = f"The budget{whose} for this month is used up; it begins anew at {standing.begins:%Y-%m-%d %H:%M} UTC."
        super().__init__(words, limit=standing.limit, retry_after=_seconds(standing.begins), status=429)
        self.standing = standing


class TooMany(LimitReached):
    """`limit` is `questions_a_minute`, or `answers_at_once`: then nobody knows when one of them ends."""

    code = "too_many_requests"


def within_budget(reader: Reader) -> list[Standing]:
    """How far each budget of this reader is used, the tightest first; raises BudgetExceeded if one is used up."""
    standings = Budget.objects.standings(reader)
    if standings and standings[0].used_up:
        raise BudgetExceeded(standings[0])
    return standings


def within_limits(person: int) -> None:
    """Raises TooMany if what this person has just asked was one too many.

    Call it in the transaction that accepted the question: of two in one instant the second sees the first.
    """
    most_at_once, most_a_minute = settings.ANSWERS_AT_ONCE, settings.QUESTIONS_A_MINUTE
    if not (most_at_once or most_a_minute):
        return
    # One after another. A stronger lock would wait for whatever else refers to this person.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person)
    if most_at_once and Message.objects.filter(owner=person).alive().count() > most_at_once:
        words = f"At most {most_at_once} answers can be written for one person at once."
        raise TooMany(words, limit="answers_at_once", retry_after=SOON, status=429)
    if most_a_minute:
        recent = Attempt.objects.filter(message__owner=person, started__gt=timezone.now() - MINUTE)
        asked = list(recent.order_by("-started").values_list("started", flat=True)[: most_a_minute + 1])
        if len(asked) > most_a_minute:
            words = f"A person can ask at most {most_a_minute} times a minute."
            wait = _seconds(asked[-1] + MINUTE)
            raise TooMany(words, limit="questions_a_minute", retry_after=wait, status=429)


def _seconds(until: datetime) -> float:
    return max(0.0, (until - timezone.now()).total_seconds())


__all__ = ["BudgetExceeded", "TooMany", "within_budget", "within_limits"]
