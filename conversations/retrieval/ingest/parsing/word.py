"""Word documents: paragraphs and tables in their order, headings by their style. Word knows no pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.table import Table

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, table

_HEADING = re.compile(r"(?:heading|titre|überschrift|제목) ?(\d)", re.IGNORECASE)


def read(path: Path) -> Iterator[Block | Pages]:
    for each in docx.Document(str(path)).iter_inner_content():
        if isinstance(each, Table):
            rows = [_cells(row) for row in each.rows]
            if any(any(row) for row in rows):
                yield Block(table(rows), table=True)
        elif text := " ".join(each.text.split()):
            name = str(each.style.name) if each.style is not None else ""
            found = _HEADING.match(name)
            if found or name == "Title":
                yield Block(text, level=int(found[1]) if found else 1)
            else:
                yield Block(f"• {text}" if name.startswith("List") else text)


def _cells(row: Any) -> list[str]:
    """Each cell once, though one that spans several columns is listed for each."""
    found: list[Any] = []
    for cell in row.cells:
        if not found or cell._tc is not found[-1]._tc:
            found.append(cell)
    return [cell.text.strip() for cell in found]
