"""Search over titles and texts: a page, and the palette that shows the same results while one types."""

import re
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from conversations.grounding import stripped
from conversations.models import Conversation, Message, Role, SearchText, User
from conversations.models.searching import words
from conversations.requests import PersonRequest
from conversations.texts.words import fold

SHOWN = 30
BEFORE, AROUND = 40, 160  # characters of a snippet: before the first hit, and in all


@require_safe
@login_required
def search(request: PersonRequest) -> HttpResponse:
    """Results for `q`, the newest first; without one, the conversations used last."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    context = {"query": query, "results": _results(request.user, query), "person": request.user}
    template = "conversations/_results.html" if request.htmx else "conversations/search.html"
    return render(request, template, context)


def _results(person: User, query: str) -> list[dict[str, Any]]:
    if not query:
        return [_result(each, None, "", []) for each in _recent(person)]
    found = (
        SearchText.objects.matching(person, query)
        .select_related("conversation", "message")
        .order_by("-pk")
        .defer("words")[: SHOWN * 2]
    )
    wanted, results, seen = words(query), [], set()
    for each in found:
        if each.conversation_id in seen:
            continue  # its newest hit is shown
        seen.add(each.conversation_id)
        message = each.message
        snippet = _snippet(_said(message), wanted) if message else []
        results.append(_result(each.conversation, str(message.pk) if message else None, query, snippet))
    return results[:SHOWN]


def _said(message: Message) -> str:
    """Its text as people read it: an answer without the markers of its citations."""
    return stripped(message.text) if message.role == Role.ASSISTANT else message.text


def _recent(person: User) -> QuerySet[Conversation]:
    return Conversation.objects.for_user(person).listed().order_by("-updated")[:8]


def _result(
    conversation: Conversation, message: str | None, query: str, snippet: list[tuple[str, bool]]
) -> dict[str, Any]:
    address = reverse("conversation", args=[conversation.pk])
    if message:
        address = reverse("message", args=[conversation.pk, message]) + f"#m-{message}"
    return {
        "url": address,
        "title": marked(conversation.title, words(query)),
        "snippet": snippet,
        "when": timezone.localtime(conversation.updated),
        "archived": conversation.archived,
    }


def _snippet(text: str, wanted: list[str]) -> list[tuple[str, bool]]:
    """The words around the first hit, the hits marked."""
    flat = " ".join(text.split())
    hit = _pattern(wanted).search(folded(flat))
    start = max(0, hit.start() - BEFORE) if hit else 0
    cut = flat[start : start + AROUND]
    pieces = marked(cut, wanted)
    return [("…", False)] * bool(start) + pieces + [("…", False)] * (start + AROUND < len(flat))


def marked(text: str, wanted: list[str]) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is one of the `wanted` words."""
    pieces, at = [], 0
    for hit in _pattern(wanted).finditer(folded(text)) if wanted else ():
        pieces += [(text[at : hit.start()], False), (text[hit.start() : hit.end()], True)]
        at = hit.end()
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def _pattern(wanted: list[str]) -> re.Pattern[str]:
    each = "|".join(sorted((re.escape(word) for word in wanted), key=len, reverse=True))
    return re.compile(f"(?:{each})+" if each else "(?!)")


def folded(text: str) -> str:
    """Folded letter by letter, so that places in it are places in `text`."""
    return text.lower() if text.isascii() else "".join(map(_folded_letter, text))


@lru_cache(4096)
def _folded_letter(letter: str) -> str:
    return one if len(one := fold(letter)) == 1 else letter
