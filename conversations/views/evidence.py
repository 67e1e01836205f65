"""The evidence panel: a source that an answer cites, and how it was found. Each has an address of its own."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from conversations.models import Evidence, Message, Role, User
from conversations.rendering import mentioned
from conversations.requests import PersonRequest
from conversations.views import citing, pages, passages
from conversations.views.access import find_document, find_message


@require_safe
@login_required
def source(request: PersonRequest, conversation: UUID, message: UUID, number: int) -> HttpResponse:
    """The source that people see as `number`: its passage, with what supports the answer marked."""
    answer = _answer(request, conversation, message)
    panel = of_source(request.user, answer, number, citing.Allowed.of(request.user.reader(), [answer]))
    if "preview" in request.GET:
        brief = {**panel["source"], "parts": passages.brief(panel["source"]["parts"])}
        return render(request, "conversations/_preview.html", {"source": brief})
    return _show(request, answer, panel)


@require_safe
@login_required
def sources(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """How the answer's sources were found: what was searched for, what came, and why it was kept or not."""
    answer = _answer(request, conversation, message)
    last = answer.attempts.order_by("-number").first()
    queries = last.facts.get("queries") if last else None
    return _show(request, answer, of_search(answer, citing.Allowed.of(request.user.reader(), [answer]), queries))


def of_source(person: User, answer: Message, number: int, allowed: citing.Allowed) -> dict[str, Any]:
    """What the panel shows of a source; raises Http404."""
    found = citing.sources(answer, answer.text, allowed)
    if not 1 <= number <= len(found):
        raise Http404
    shown = found[number - 1]
    cited = next(each for each in answer.evidence.all() if each.pk == shown["id"])
    written = [each for each in cited.citations.all() if each.position < len(mentioned(answer.text))]
    return {
        "tab": "source",
        "source": {
            **shown,
            "since": cited.since if shown["readable"] or shown["purged"] else "",
            "parts": citing.parts(cited) if shown["readable"] else [],
            "supports": [each.sentence for each in written if each.sentence],
        },
        "document": _document(person, cited),
        "count": len(found),
        "previous": found[number - 2]["url"] if number > 1 else "",
        "next": found[number]["url"] if number < len(found) else "",
    }


def of_search(answer: Message, allowed: citing.Allowed, queries: list[str] | None = None) -> dict[str, Any]:
    """What the panel shows of how they were found, by `queries` if these were kept; raises Http404 if nothing is."""
    rows = [each for each in answer.evidence.all() if allowed.reads(each)]
    shown = citing.sources(answer, answer.text, allowed)
    labels = {each["id"]: each["label"] for each in shown if each["readable"] or each["purged"]}
    if not rows and not queries:
        raise Http404
    return {
        "tab": "found",
        "queries": queries or _queries(rows),
        "rows": [_row(each, labels) for each in rows],
        "kept": sum(1 for each in rows if each.number),
        "cited": len(labels),
        "best": max((each.original_search_score or 0 for each in rows), default=0) or 1,
        "names": sorted({each.source_name for each in rows}),
        "first": f"{allowed.address(answer)}1/" if labels else "",
    }


def _document(person: User, evidence: Evidence) -> dict[str, Any] | None:
    """Where our own document opens: at the passage, with the support marked; None if this person may not read it."""
    try:
        found = find_document(person, int(evidence.document or "0"))
    except (ValueError, Http404):
        return None
    chunk = found.chunks.current().filter(pk=int(evidence.chunk_id) if evidence.chunk_id.isdecimal() else 0).first()
    if chunk is None:  # it was replaced since
        return {"url": f"{reverse('document', args=[found.pk])}?page={evidence.page or 1}", "page": evidence.page}
    where = {"chunk": str(chunk.pk)}
    first = evidence.citations.exclude(start=None).order_by("start").first()
    before = evidence.content.find(chunk.content)  # the model may have read its neighbours too
    if first and before >= 0 and (end := (first.end or 0) - before) > 0:
        where["mark"] = f"{max(0, (first.start or 0) - before)}-{end}"
    return {"url": f"{reverse('document', args=[found.pk])}?{urlencode(where)}#chunk-{chunk.pk}", "page": evidence.page}


def _answer(request: PersonRequest, conversation: UUID, message: UUID) -> Message:
    found = find_message(request.user, conversation, message)
    if found.role != Role.ASSISTANT:
        raise Http404
    return found


def _queries(rows: list[Evidence]) -> list[str]:
    return list(dict.fromkeys(query for each in rows for query in each.queries))


def _row(evidence: Evidence, labels: dict[int, int]) -> dict[str, Any]:
    return {
        "title": citing.title(evidence),
        "page": evidence.page,
        "heading": evidence.heading,
        "source": evidence.source_name,
        "search": evidence.original_search_score,
        "rerank": evidence.rerank_score,
        "kept": bool(evidence.number),
        "label": labels.get(evidence.pk),
        "reason": evidence.filter_reason,
    }


def _show(request: PersonRequest, answer: Message, panel: dict[str, Any]) -> HttpResponse:
    """The panel alone for htmx; else the conversation's page at that answer, with the panel open."""
    ids = [answer.conversation_id, answer.pk]
    panel |= {"address": reverse("sources", args=ids), "closed": reverse("conversation", args=ids[:1])}
    if request.htmx:
        return render(request, "conversations/_evidence.html", {"panel": panel, "person": request.user})
    leaf = answer.conversation.branch_through(answer)
    return pages.show(request, answer.conversation, leaf, sought=answer.pk, panel=panel)
