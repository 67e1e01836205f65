"""Sheets and CSV files: tables whose first row is the head."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, Unreadable, table
from conversations.retrieval.ingest.parsing.plain import decoded

MOST_ROWS = 100_000
AT_ONCE = 200  # rows of one block


def read_xlsx(path: Path) -> Iterator[Block | Pages]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise Unreadable("encrypted") from error
    except python_calamine.CalamineError as error:
        raise Unreadable("broken") from error
    yield 0, len(book.sheet_names)
    for name in book.sheet_names:
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.CalamineError:
            continue  # a chart's sheet has no cells
        first = sheet.start[0] + 1 if sheet.start else 1
        yield from _tables(([_text(cell) for cell in row] for row in sheet.iter_rows()), name, first)


def read_csv(path: Path) -> Iterator[Block | Pages]:
    text = decoded(path.read_bytes())
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        yield from _tables(csv.reader(text.splitlines(keepends=True), dialect), "", 1)
    except csv.Error as error:
        raise Unreadable("broken") from error


def _tables(rows: Iterable[list[str]], sheet: str, first: int) -> Iterator[Block]:
    """Blocks of rows, each with the head; a row with one cell above it all is a line of text."""
    numbered = ((number, row) for number, row in enumerate(rows, start=first) if any(cell.strip() for cell in row))
    head: list[str] = []
    for _, row in numbered:
        if sum(bool(cell.strip()) for cell in row) > 1:
            head = row
            break
        yield Block(" ".join(cell for cell in row if cell.strip()), sheet=sheet)
    if not head:
        return
    used = max((at for at, cell in enumerate(head) if cell.strip()), default=0) + 1
    read = 0
    while some := list(islice(numbered, AT_ONCE)):
        read += len(some)
        if read > MOST_ROWS:
            raise Unreadable("too_large")
        width = max(used, *(max((at + 1 for at, cell in enumerate(row) if cell.strip()), default=0) for _, row in some))
        yield Block(table([head[:width], *(row[:width] for _, row in some)]), table=True, sheet=sheet, row=some[0][0])
    if not read:
        yield Block(table([head[:used]]), table=True, sheet=sheet, row=first)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10g}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)
