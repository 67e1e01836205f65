"""Stretches of whole days that usage is summed over, in the time zone of whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LABELS = {
    "7": _("7 days"),
    "30": _("30 days"),
    "90": _("90 days"),
    "month": _("This month"),
    "last": _("Last month"),
}


@dataclass(frozen=True)
class Period:
    first: date
    last: date  # the last day that belongs to it

    @property
    def begin(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]

    @property
    def midnights(self) -> list[datetime]:
        """When each of its days begins; clocks may change in between."""
        return [_midnight(day) for day in self.days]


def period(name: str) -> Period:
    """One of LABELS, as of today; raises KeyError for another name."""
    today = timezone.localdate()
    first = today.replace(day=1)
    if name == "month":
        return Period(first, today)
    if name == "last":
        last = first - timedelta(days=1)
        return Period(last.replace(day=1), last)
    if name not in LABELS:
        raise KeyError(name)
    return Period(today - timedelta(days=int(name) - 1), today)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
