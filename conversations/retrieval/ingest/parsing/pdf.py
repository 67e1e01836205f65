"""PDF: the text of each page as paragraphs, with the headings that the outline names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, Unreadable

MOST_PAGES = 5_000
TELL = 20  # pages
SCANNED = 20  # characters a page: what has fewer is pictures of text
REPEATED = 0.6  # of the pages: what is at the edge of so many is a running head
HYPHENS = dict.fromkeys(map(ord, "\x02\ufffe\u00ad"))  # pdfium has joined the halves of a word around them
FULL = 0.75  # of the longest line: a shorter one ends its paragraph
_BULLET = re.compile(r"^(?:[•◦▪●‣–-]|\(?\d{1,2}[.)]|[a-z]\))\s")
_END = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")


def read(path: Path) -> Iterator[Block | Pages]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Unreadable("encrypted" if locked else "broken") from error
    count = len(document)
    if count > MOST_PAGES:
        raise Unreadable("too_many_pages")
    if count == 0:
        raise Unreadable("empty")
    pages: list[list[str]] = []
    for at in range(count):
        if at % TELL == 0:
            yield at, count
        pages.append(_lines(document, at))
    yield count, count
    if sum(len(line) for lines in pages for line in lines) < SCANNED * count:
        raise Unreadable("scanned")
    outline = _outline(document)
    running = _running(pages)
    for at, lines in enumerate(pages, start=1):
        if lines and _shape(lines[0]) in running:
            lines = lines[1:]
        if lines and _shape(lines[-1]) in running:
            lines = lines[:-1]
        yield from _blocks(lines, at, outline.get(at, {}))


def _lines(document: pypdfium2.PdfDocument, at: int) -> list[str]:
    try:
        page = document[at]
        words = page.get_textpage()
        text = words.get_text_bounded()
        words.close()
        page.close()
    except pypdfium2.PdfiumError:
        return []  # one broken page of many: the others are still worth reading
    found = unicodedata.normalize("NFKC", text).translate(HYPHENS)
    return [line for line in (" ".join(each.split()) for each in found.splitlines()) if line]


def _outline(document: pypdfium2.PdfDocument) -> dict[int, dict[str, int]]:
    """By page, the titles of the outline with their level."""
    found: dict[int, dict[str, int]] = {}
    try:
        for each in document.get_toc():
            where = each.get_dest()
            at = where.get_index() if where else None
            if at is not None:
                found.setdefault(at + 1, {})[_plain(each.get_title())] = each.level + 1
    except (pypdfium2.PdfiumError, ValueError):
        return {}
    return found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _running(pages: list[list[str]]) -> set[str]:
    """Lines at the edges of most pages, whatever number they carry."""
    if len(pages) < 4:
        return set()
    edges = Counter(each for lines in pages for each in {_shape(line) for line in [*lines[:1], *lines[-1:]]})
    return {each for each, often in edges.items() if often >= REPEATED * len(pages)}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _blocks(lines: list[str], page: int, titles: dict[str, int]) -> Iterator[Block]:
    """Lines put together to paragraphs; a heading may run over two of them."""
    longest = max(map(len, lines), default=0)
    paragraph = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        both = f"{line} {lines[at + 1]}" if at + 1 < len(lines) else line
        heading = next((text for text in (both, line) if _plain(text) in titles), None)
        if heading is not None:
            if paragraph:
                yield Block(paragraph, page)
            paragraph = ""
            yield Block(heading, page, level=titles.pop(_plain(heading)))
            at += 2 if heading == both and both != line else 1
            continue
        if paragraph and _BULLET.match(line):
            yield Block(paragraph, page)
            paragraph = ""
        paragraph = _joined(paragraph, line)
        if len(line) < FULL * longest and _END.search(line):
            yield Block(paragraph, page)
            paragraph = ""
        at += 1
    if paragraph:
        yield Block(paragraph, page)


def _joined(before: str, line: str) -> str:
    if not before:
        return line
    if before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower():
        return before[:-1] + line
    return f"{before} {line}"
