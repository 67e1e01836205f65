"""A document as it was read: its text by pages and headings, opened at a passage, with a marked sentence."""

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conversations.models import Chunk, Collection, Document
from conversations.requests import PersonRequest
from conversations.retrieval.ingest.chunks import PATH
from conversations.views.access import find_document
from conversations.views.documents import REASONS

SHOWN = 80  # passages at once
_MARK = re.compile(r"(\d{1,9})-(\d{1,9})")

_LINE = re.compile(r"\|(?: --- \|)+")  # below the head of a table

Piece = tuple[str, bool]  # text, and whether it is marked


@require_safe
@login_required
def document(request: PersonRequest, document: int) -> HttpResponse:
    """`page` or `chunk` says where it opens, `mark` (start-end) which characters of that chunk are marked."""
    found = find_document(request.user, document)
    chunks = Chunk.objects.filter(document=found).defer("titles", "words")
    sought = _sought(request, chunks)
    start = max(0, sought.position - 2) // SHOWN * SHOWN if sought else _number(request.GET.get("from", "")) or 0
    shown = list(chunks.filter(position__gte=start, position__lt=start + SHOWN).order_by("position"))
    mark = _MARK.fullmatch(request.GET.get("mark", ""))
    span = (int(mark[1]), int(mark[2])) if mark and "chunk" in request.GET else (0, 0)
    address = reverse("document", args=[found.pk])
    context = {
        "document": found,
        "reason": REASONS.get(found.reason, ""),
        "managed": Collection.objects.managed_by(request.user).filter(pk=found.collection_id).exists(),
        "sections": _sections(shown, found, sought, span),
        "earlier": f"{address}?from={max(0, start - SHOWN)}" if start else "",
        "later": f"{address}?from={start + SHOWN}" if chunks.filter(position__gte=start + SHOWN).exists() else "",
        "person": request.user,
    }
    return render(request, "documents/document.html", context)


def _sought(request: PersonRequest, chunks: Any) -> Chunk | None:
    if chunk := _number(request.GET.get("chunk", "")):
        return chunks.filter(pk=chunk).first()
    if page := _number(request.GET.get("page", "")):
        return chunks.filter(page__gte=page).order_by("position").first()
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _sections(
    chunks: list[Chunk], found: Document, sought: Chunk | None, span: tuple[int, int]
) -> list[dict[str, Any]]:
    """Passages with what changes before each: a new page, a new heading."""
    sections: list[dict[str, Any]] = []
    page, heading = None, ""
    for each in chunks:
        here = sought is not None and each.pk == sought.pk
        sections.append(
            {
                "id": each.pk,
                "page": each.page if each.page != page else None,
                "heading": _below(found.title, each.heading) if each.heading != heading else "",
                "sought": here,
                "parts": parts(each.content, span if here else (0, 0)),
            }
        )
        page, heading = each.page, each.heading
    return sections


def _below(title: str, heading: str) -> str:
    """The path of headings without the document's own title; a sheet's rows alone would say nothing."""
    below = heading.removeprefix(f"{title}{PATH}")
    return below if any(each.isalpha() for each in below) else heading


def parts(content: str, span: tuple[int, int] = (0, 0)) -> list[dict[str, Any]]:
    """Lines as paragraphs and tables; characters of `span` are marked, in tables by whole cells."""
    found: list[dict[str, Any]] = []
    at = 0
    for line in content.split("\n"):
        start, at = at, at + len(line) + 1
        if _LINE.fullmatch(line) and found and "rows" in found[-1]:
            continue
        if line.startswith("| ") and line.endswith("|"):
            if not (found and "rows" in found[-1]):
                found.append({"rows": []})
            found[-1]["rows"].append(_cells(line, start, span))
        elif line:
            found.append({"text": _marked(line, start, span)})
    return found


def _marked(line: str, start: int, span: tuple[int, int]) -> list[Piece]:
    first, last = (max(0, min(len(line), each - start)) for each in span)
    pieces = [(line[:first], False), (line[first:last], True), (line[last:], False)]
    return [piece for piece in pieces if piece[0]]


def _cells(line: str, start: int, span: tuple[int, int]) -> list[Piece]:
    cells = []
    for match in re.finditer(r"\| ((?:\\.|[^|\\])*?) ?(?=\|)", line):
        first, last = start + match.start(1), start + match.end(1)
        cells.append((match[1].replace("\\|", "|"), span[0] < last and first < span[1]))
    return cells
