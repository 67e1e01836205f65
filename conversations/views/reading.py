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
from conversations.views.passages import parts
from conversations.views.reasons import REASONS

SHOWN = 80  # passages at once
_MARK = re.compile(r"(\d{1,9})-(\d{1,9})")


@require_safe
@login_required
def document(request: PersonRequest, document: int) -> HttpResponse:
    """`page` or `chunk` says where it opens, `mark` (start-end) which characters of that chunk are marked."""
    found = find_document(request.user, document)
    chunks = found.chunks.current().defer("titles", "words")
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
                "parts": parts(each.content, [span] if here else []),
            }
        )
        page, heading = each.page, each.heading
    return sections


def _below(title: str, heading: str) -> str:
    """The path of headings without the document's own title; a sheet's rows alone would say nothing."""
    below = heading.removeprefix(f"{title}{PATH}")
    return below if any(each.isalpha() for each in below) else heading
