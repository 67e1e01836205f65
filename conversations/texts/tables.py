"""Tables in Markdown, as documents are read into them: each row with its head, and where its cells stand."""

import re
from itertools import pairwise
from typing import NamedTuple

_LINE = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")  # below the head
_ROW = re.compile(r"\|.*\|[ \t]*")
_BAR = re.compile(r"\\.|\|")  # or what a backslash keeps from being one


class Cell(NamedTuple):
    """Characters `start` to `end` of the whole text; `text` is without the backslashes before bars."""

    start: int
    end: int
    text: str


class Row(NamedTuple):
    """Characters `start` to `end` of the whole text: a line. `head`: what its columns are called; of the head, nothing.

    `table` is where its table starts.
    """

    start: int
    end: int
    cells: tuple[Cell, ...]
    head: tuple[str, ...]
    table: int

    def pairs(self) -> list[tuple[str, str]]:
        """What each column is called and what stands there, without empty cells."""
        names = [*self.head, *[""] * (len(self.cells) - len(self.head))]
        return [(name, cell.text) for name, cell in zip(names, self.cells, strict=False) if cell.text]


def rows(text: str) -> list[Row]:
    """The rows of all tables, without the lines below their heads. The first row of a table is its head."""
    found: list[Row] = []
    at, above = 0, None
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if is_line(line):
            if above:  # where a passage goes on, it has the head again
                found[-1] = above = above._replace(head=(), table=above.start)
        elif _ROW.fullmatch(line):
            cells = _cells(line, start)
            head = above.head or tuple(each.text for each in above.cells) if above else ()
            above = Row(start, start + len(line.rstrip()), cells, head, above.table if above else start)
            found.append(above)
        else:
            above = None
    return found


def is_line(line: str) -> bool:
    """Is it the one below a head?"""
    return _LINE.fullmatch(line) is not None


def _cells(line: str, start: int) -> tuple[Cell, ...]:
    bars = [each.start() for each in _BAR.finditer(line) if each[0] == "|"]
    return tuple(_cell(line, left + 1, right, start) for left, right in pairwise(bars))


def _cell(line: str, left: int, right: int, start: int) -> Cell:
    """What stands between two bars of a line that begins at `start` of the whole text."""
    padded = line[left:right].rstrip(" \t")
    text = padded.lstrip(" \t")
    end = left + len(padded) if text else right
    return Cell(start + end - len(text), start + end, text.replace("\\|", "|"))
