"""A conversation as colleagues read it: its texts, and of their sources what each reader may read themselves.

It is always the reader's own rights of today that decide, never the owner's; and nothing can be done to it.
"""

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conversations.generation import publish
from conversations.models import Message, Role, Share, State, User
from conversations.rendering import blocks
from conversations.requests import PersonRequest
from conversations.views import attaching, citing, evidence, present
from conversations.views.access import find_share

MOST = 1000  # shares that are listed


@require_safe
@login_required
def listing(request: PersonRequest) -> HttpResponse:
    """What colleagues share with this person or a group of theirs, the newest first."""
    given = Share.objects.given_to(request.user.reader()).select_related("conversation__owner")
    return render(request, "conversations/shared_list.html", {"shares": given[:MOST]})


@require_safe
@login_required
def page(request: PersonRequest, token: str) -> HttpResponse:
    return _page(request, find_share(request.user, token))


@require_safe
@login_required
def text(request: PersonRequest, token: str, message: UUID) -> HttpResponse:
    """A message in Markdown, with its sources below as far as they may be read: what copying it copies."""
    found = find_share(request.user, token)
    wanted = _message(found, message)
    citing.gather([wanted])
    kept = citing.kept(wanted, _allowed(request.user, found, [wanted]))
    return HttpResponse(kept, content_type="text/plain; charset=utf-8")


@require_safe
@login_required
def source(request: PersonRequest, token: str, message: UUID, number: int) -> HttpResponse:
    """A source, with its passage if this person may read it."""
    found = find_share(request.user, token)
    answer = _message(found, message)
    panel = evidence.of_source(request.user, answer, number, _allowed(request.user, found, [answer]))
    if "preview" in request.GET:
        return render(request, "conversations/_preview.html", {"source": panel["source"]})
    return _panel(request, found, answer, panel)


@require_safe
@login_required
def sources(request: PersonRequest, token: str, message: UUID) -> HttpResponse:
    """How they were found, of those that this person may read."""
    found = find_share(request.user, token)
    answer = _message(found, message)
    return _panel(request, found, answer, evidence.of_search(answer, _allowed(request.user, found, [answer])))


@require_POST
@login_required
def go_on(request: PersonRequest, token: str) -> HttpResponse:
    """Make a copy that is this person's own, with the sources' names as far as they may read them."""
    found = find_share(request.user, token)
    path = found.path()
    citing.gather(path)
    allowed = _allowed(request.user, found, path)
    for each in path:
        each.text = citing.kept(each, allowed)
    made = found.continue_as(request.user, path)
    async_to_sync(publish.sidebar)(request.user.pk)
    return redirect("conversation", made.pk)


def _page(request: PersonRequest, found: Share, panel: dict[str, Any] | None = None) -> HttpResponse:
    context = {
        "share": found,
        "conversation": found.conversation,
        "own": found.conversation.owner_id == request.user.pk,
        "turns": _turns(request.user, found),
        "panel": panel,
    }
    return render(request, "conversations/shared.html", context)


def _turns(person: User, found: Share) -> list[dict[str, Any]]:
    """The messages as the templates take them."""
    path = found.path()
    answers = [each for each in path if each.role == Role.ASSISTANT]
    citing.gather(answers)
    prefetch_related_objects(answers, "attempts")
    files = attaching.of_questions(found.conversation, [each for each in path if each.role == Role.USER])
    allowed, words = _allowed(person, found, answers), present.labels()

    def turn(message: Message) -> dict[str, Any]:
        asked = message.role == Role.USER
        shown = {
            "id": str(message.pk),
            "role": message.role,
            "text": message.text,
            "complete": message.state == State.COMPLETE,
            "copy": reverse("shared_text", args=[found.token, message.pk]),
        }
        if asked:
            return {**shown, **present.folded(message.text), "files": files.get(message.pk, ())}
        structured = any(each.structured for each in message.attempts.all())
        cited = citing.cited(message, allowed)
        drawn = blocks(message.text, words, structured=structured, cited=cited)
        return {**shown, "blocks": drawn, "sources": citing.sources(message, message.text, allowed)}

    return [turn(each) for each in path]


def _panel(request: PersonRequest, found: Share, answer: Message, panel: dict[str, Any]) -> HttpResponse:
    """The panel alone for htmx; else the page with the panel open."""
    allowed = _allowed(request.user, found, [answer])
    closed = reverse("shared", args=[found.token])
    panel |= {"address": allowed.address(answer) if allowed.passages else "", "closed": closed, "shared": True}
    if request.htmx:
        return render(request, "conversations/_evidence.html", {"panel": panel, "person": request.user})
    return _page(request, found, panel)


def _allowed(person: User, found: Share, answers: list[Message]) -> citing.Allowed:
    return citing.Allowed.of(person.reader(), answers, found.token)


def _message(found: Share, message: UUID) -> Message:
    """One of those that are shown; raises Http404."""
    for each in found.path():
        if each.pk == message:
            return each
    raise Http404
