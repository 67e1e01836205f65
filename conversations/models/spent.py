"""What was spent in a month, per person and API key: a running sum, so that a budget is looked up and not added up.

It grows with every answer and call as it ends, and never shrinks: deleting a conversation gives nothing back.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F

from conversations.models.price import tokens


class Spent(models.Model):
    """Months are calendar months in UTC, as the days of prices are. `person` and `key` are 0 where there is none.

    They are bare numbers: a sum outlives who spent it.
    """

    month = models.DateField(help_text="Its first day.")
    person = models.PositiveBigIntegerField(default=0)
    key = models.PositiveBigIntegerField(default=0, help_text="The API key that asked.")
    tokens = models.PositiveBigIntegerField(default=0, help_text="Of prompts and completions.")
    cost = models.DecimalField(max_digits=20, decimal_places=10, default=0, help_text="Of what had a price.")

    class Meta:
        constraints = [models.UniqueConstraint("month", "person", "key", name="spent_in_a_month")]

    def __str__(self) -> str:
        return f"{self.person}/{self.key}, {self.month:%Y-%m}"

    @classmethod
    def add(cls, moment: datetime, count: int, cost: Decimal | None, *, person: int | None, key: int | None) -> None:
        """Add what was spent at `moment`; unknown cost adds nothing. Concurrent sums are all counted."""
        row = cls.objects.filter(month=month_of(moment), person=person or 0, key=key or 0)
        more: dict[str, Any] = {"tokens": F("tokens") + count, "cost": F("cost") + (cost or Decimal(0))}
        if (count or cost) and not row.update(**more):
            cls.objects.get_or_create(month=month_of(moment), person=person or 0, key=key or 0)
            row.update(**more)

    @classmethod
    def forget(cls, person: int) -> None:
        """What a person spent goes to nobody in particular."""
        for each in cls.objects.filter(person=person):
            noon = datetime(each.month.year, each.month.month, 1, 12, tzinfo=UTC)
            cls.add(noon, each.tokens, each.cost, person=None, key=None)
            each.delete()


def month_of(moment: datetime) -> date:
    """The first day of the month that `moment` is in, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def month_ends(moment: datetime) -> datetime:
    """When the next month begins, in UTC."""
    first = month_of(moment)
    year, month = (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


def all_tokens(usage: dict[str, Any]) -> int:
    """Of the wire's `usage`: what was read and what was written."""
    return tokens(usage, "prompt_tokens") + tokens(usage, "completion_tokens")
