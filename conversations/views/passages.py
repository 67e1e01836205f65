"""A passage as people read it: lines as paragraphs and tables, with what an answer rests on marked."""

from collections.abc import Sequence
from typing import Any

from conversations.texts import tables

Piece = tuple[str, bool]  # text, and whether it is marked
Span = tuple[int, int]  # characters of the passage
BEFORE = 80  # characters that a preview shows before what is marked


def parts(content: str, spans: Sequence[Span] = ()) -> list[dict[str, Any]]:
    """Paragraphs as `text`, and tables as `rows`, of which the first is the head; in tables whole cells are marked."""
    rows = {each.start: each for each in tables.rows(content)}
    found: list[dict[str, Any]] = []
    at = 0
    for line in content.split("\n"):
        start, at = at, at + len(line) + 1
        if row := rows.get(start):
            if not row.head:
                found.append({"rows": []})
            found[-1]["rows"].append([(cell.text, _holds(spans, cell.start, cell.end)) for cell in row.cells])
        elif line.strip() and not tables.is_line(line):
            found.append({"text": _pieces(line, start, spans)})
    return found


def brief(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of these parts is marked, with the text around it and the head of a table; else how they begin."""
    marked = [part for part in map(_brief, found) if part]
    return marked or [{"rows": part["rows"][:3]} if "rows" in part else part for part in found[:1]]


def _brief(part: dict[str, Any]) -> dict[str, Any]:
    """Nothing if nothing is marked."""
    if "rows" in part:
        head, *rows = part["rows"]
        rows = [row for row in rows if any(mark for _, mark in row)]
        return {"rows": [head, *rows]} if rows else {}
    pieces: list[Piece] = part["text"]
    if not any(mark for _, mark in pieces):
        return {}
    before, mark = pieces[0]
    cut = f"…{before[-BEFORE:].lstrip()}" if not mark and len(before) > BEFORE else before
    return {"text": [(cut, mark), *pieces[1:]]}


def _pieces(line: str, start: int, spans: Sequence[Span]) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for first, last in sorted(spans):
        first, last = max(at, first - start), min(len(line), last - start)
        if first < last:
            found += [(line[at:first], False), (line[first:last], True)]
            at = last
    return [piece for piece in [*found, (line[at:], False)] if piece[0]]


def _holds(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in spans)
