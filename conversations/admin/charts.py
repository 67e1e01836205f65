"""Charts as plain values for SVG templates: sideways in percent, so that text keeps its size; up in px."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

HEIGHT = 148  # of the plot, px
TOP = 12  # room for the highest label
LEFT = 10.0  # percent, for the labels of the rules
RULES = 4
ROW = 36  # of a bar with its words, px
TICKS = 3  # at most: their labels stand side by side on a telephone
EDGE = 10.0  # percent; a label nearer to the end than this is set against it


@dataclass(frozen=True)
class Bar:
    kind: str  # class of its colour
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    name: str  # part of its ids
    title: str
    summary: str  # what a screen reader says instead
    bars: list[Bar]
    rules: list[tuple[float, str]]  # y and label
    ticks: list[tuple[float, str, str]]  # x, label, text-anchor
    legend: list[tuple[str, str]]  # class and label
    bottom: int = TOP + HEIGHT


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    width: float  # percent of the longest
    top: int  # px, of its words; the bar is below them


@dataclass(frozen=True)
class Rows:
    name: str
    title: str
    rows: list[Row]

    @property
    def height(self) -> int:
        return ROW * len(self.rows)


def rows(name: str, title: str, values: Sequence[tuple[str, Any]], label: Callable[[Any], str]) -> Rows:
    """A bar for each of `values` (name and number), under its words, as long as the number is large."""
    longest = max((float(number) for _name, number in values), default=0) or 1
    made = [
        Row(each, label(number), 100 * float(number) / longest, ROW * at) for at, (each, number) in enumerate(values)
    ]
    return Rows(name, title, made)


def columns(
    name: str,
    title: str,
    days: Sequence[date],
    series: Mapping[tuple[str, str], Sequence[Any]],
    *,
    summary: str,
    label: Callable[[Any], str],
) -> Chart:
    """A stacked column for each day. `series`: (class, label) → its values, drawn from the bottom up."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    step = _step(max(totals, default=0))
    top = step * max(1, math.ceil(max(totals, default=0) / step))
    slot = (100 - LEFT) / len(days)
    bars = []
    for at in range(len(days)):
        below = 0.0
        for (kind, _), values in series.items():
            height = HEIGHT * float(values[at]) / top
            if height:
                low = TOP + HEIGHT - below
                bars.append(Bar(kind, LEFT + at * slot + slot * 0.15, slot * 0.7, low - height, height))
                below += height
    rules = [(TOP + HEIGHT - HEIGHT * each * step / top, label(each * step)) for each in range(round(top / step) + 1)]
    return Chart(name, title, summary, bars, rules, _ticks(days, slot), list(series) if len(series) > 1 else [])


def _step(highest: Any) -> float:
    """A round distance between rules, at most RULES of them above the base."""
    least = float(highest) / RULES or 1
    power = 10.0 ** math.floor(math.log10(least))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= least * 0.999)


def _ticks(days: Sequence[date], slot: float) -> list[tuple[float, str, str]]:
    every = max(1, math.ceil(len(days) / TICKS))
    found = []
    for at in range(every // 2, len(days), every):
        x = LEFT + (at + 0.5) * slot
        near_the_end = x > 100 - EDGE
        label = date_format(days[at], "MONTH_DAY_FORMAT")
        found.append((100.0 if near_the_end else x, label, "end" if near_the_end else "middle"))
    return found
