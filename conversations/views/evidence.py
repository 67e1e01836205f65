"""The evidence panel: a source that an answer cites, and how it was found. Each has an address of its own."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from conversations.models import Chunk, Evidence, Message, Role
from conversations.requests import PersonRequest
from conversations.views import citing, pages
from conversations.views.access import find_document, find_message


@require_safe
@login_required
def source(request: PersonRequest, conversation: UUID, message: UUID, number: int) -> HttpResponse:
    """The source that people see as `number`: its passage, with what supports the answer marked."""
    answer = _answer(request, conversation, message)
    found = citing.sources(answer, answer.text, citing.Allowed.of(request.user.reader(), [answer]))
    if not 1 <= number <= len(found):
        raise Http404
    shown = found[number - 1]
    cited = next(each for each in answer.evidence.all() if each.pk == shown["id"])
    panel = {
        "tab": "source",
        "source": {**shown, "since": cited.since if shown["readable"] or shown["purged"] else ""},
        "document": _document(request, cited),
        "count": len(found),
        "previous": found[number - 2]["url"] if number > 1 else "",
        "next": found[number]["url"] if number < len(found) else "",
    }
    if "preview" in request.GET:
        return render(request, "conversations/_preview.html", {"source": panel["source"]})
    return _show(request, answer, panel)


@require_safe
@login_required
def sources(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """How the answer's sources were found: what was searched for, what came, and why it was kept or not."""
    answer = _answer(request, conversation, message)
    allowed = citing.Allowed.of(request.user.reader(), [answer])
    rows = [each for each in answer.evidence.all() if allowed.reads(each)]
    shown = citing.sources(answer, answer.text, allowed)
    labels = {each["id"]: each["label"] for each in shown if each["readable"] or each["purged"]}
    last = answer.attempts.order_by("-number").first()
    if not rows and not (last and last.facts.get("queries")):
        raise Http404
    panel = {
        "tab": "found",
        "queries": (last.facts.get("queries") if last else None) or _queries(rows),
        "rows": [_row(each, labels) for each in rows],
        "kept": sum(1 for each in rows if each.number),
        "cited": len(labels),
        "best": max((each.original_search_score or 0 for each in rows), default=0) or 1,
        "names": sorted({each.source_name for each in rows}),
        "first": f"{citing.address(answer)}1/" if labels else "",
    }
    return _show(request, answer, panel)


def _document(request: PersonRequest, evidence: Evidence) -> dict[str, Any] | None:
    """Where our own document opens: at the passage, with the support marked; None if this person may not read it."""
    try:
        found = find_document(request.user, int(evidence.document or "0"))
    except (ValueError, Http404):
        return None
    chunk = Chunk.objects.filter(
        document=found, pk=int(evidence.chunk_id) if evidence.chunk_id.isdecimal() else 0
    ).first()
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
    panel |= {"address": citing.address(answer), "conversation": answer.conversation_id}
    if request.htmx:
        return render(request, "conversations/_evidence.html", {"panel": panel, "person": request.user})
    leaf = answer.conversation.branch_through(answer)
    return pages.show(request, answer.conversation, leaf, sought=answer.pk, panel=panel)
