"""Blocks to passages of about a thousand characters, which never cross a heading, page, slide or sheet.

They do not overlap: a hit is handed on with its neighbours (`Local.widen`), and one after the other they are the text
of the document as its page shows it. Tables stay whole where they fit; otherwise each part repeats the head.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from conversations.retrieval.ingest.parsing.blocks import Block
from conversations.texts.sentences import sentences

LONGEST = 1000  # characters of a passage
TALLEST = 1500  # of a table that is kept whole
LONGEST_HEADING = 200
PATH = " › "


@dataclass
class Piece:
    page: int | None
    heading: str
    content: str


@dataclass(frozen=True)
class _Place:
    page: int | None
    headings: tuple[str, ...]
    sheet: str


def pack(blocks: Iterable[Block]) -> list[Piece]:
    """Passages in their order, their heading path as text."""
    found: list[Piece] = []
    path: list[tuple[int, str]] = []
    place, texts = _Place(None, (), ""), list[str]()
    bare: Block | None = None  # a heading with nothing under it so far
    for block in blocks:
        if block.level:
            if bare and bare.level >= block.level:
                texts.append(bare.text)
            found += _texts(place, texts)
            path = [each for each in path if each[0] < block.level]
            path.append((block.level, block.text[:LONGEST_HEADING]))
            place, texts, bare = _Place(block.page, tuple(text for _, text in path), block.sheet), [], block
            continue
        bare = None
        here = _Place(block.page, tuple(text for _, text in path), block.sheet)
        if here != place or block.table:
            found += _texts(place, texts)
            place, texts = here, []
        if block.table:
            found += _table(place, block)
        else:
            texts.append(block.text)
    return [*found, *_texts(place, [*texts, *([bare.text] if bare else [])])]


def _texts(place: _Place, texts: list[str]) -> Iterator[Piece]:
    """Paragraphs as passages of about the same length, cut between sentences where they must be."""
    parts = [part for text in texts for part in _parts(text)]
    whole = sum(len(text) for text, _ in parts)
    wanted = whole / max(1, ceil(whole / LONGEST))
    content = ""
    for text, apart in parts:
        longer = content + ("\n" if apart else " ") + text if content else text
        if content and (len(longer) > LONGEST or len(content) + len(text) / 2 > wanted):
            yield Piece(place.page, _heading(place), content)
            content = text
        else:
            content = longer
    if content:
        yield Piece(place.page, _heading(place), content)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """A paragraph, whole if it is short, else its sentences; whether a new line begins before each."""
    if len(text) <= LONGEST // 2:
        yield text, True
        return
    for at, sentence in enumerate(sentences(text)):
        yield sentence.text, at == 0 or "\n" in text[max(0, sentence.start - 2) : sentence.start]


def _table(place: _Place, block: Block) -> Iterator[Piece]:
    head, line, *rows = block.text.split("\n")
    if len(block.text) <= TALLEST:
        yield Piece(place.page, _heading(place, block.row, len(rows)), block.text)
        return
    some: list[str] = []
    first, room = block.row, max(LONGEST // 2, LONGEST - len(head) - len(line) - 2)
    for row in rows:
        if some and sum(len(each) + 1 for each in some) + len(row) > room:
            yield Piece(place.page, _heading(place, first, len(some)), "\n".join([head, line, *some]))
            first, some = first + len(some) if first else 0, []
        some += [row[at : at + 4 * LONGEST] for at in range(0, len(row), 4 * LONGEST)]
    yield Piece(place.page, _heading(place, first, len(some)), "\n".join([head, line, *some]))


def _heading(place: _Place, row: int = 0, rows: int = 0) -> str:
    """The path of headings, the sheet, and of a sheet's table the rows, such as “2–40”."""
    where = [f"{row}–{row + rows - 1}"] if row and rows else []
    return PATH.join([*([place.sheet] if place.sheet else []), *place.headings, *where])
