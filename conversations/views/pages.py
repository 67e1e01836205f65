"""The page: a new chat, a conversation, a branch of it."""

import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conversations import generation
from conversations.models import Assistant, Conversation, DataSource, Deployment, Feature, Message, Share, User
from conversations.requests import PersonRequest
from conversations.views import attaching, citing, limiting, present, settling, sidebar
from conversations.views.access import find_assistant, find_conversation, find_message, find_thrown_away, sign_new_chat

SHOWN = 40  # messages of a long conversation that are shown at first


@require_safe
@login_required
def new_chat(request: PersonRequest) -> HttpResponse:
    """A page that already carries the address of the conversation it may become, signed for this person."""
    chosen = request.GET.get("assistant", "")
    asked = find_assistant(request.user, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
    return _fresh(request, uuid.uuid4(), None, asked)


def _fresh(
    request: PersonRequest, fresh: UUID, prepared: Conversation | None, asked: Assistant | None = None
) -> HttpResponse:
    """The page of a new chat, with an assistant if one is `asked`; of `prepared`, if files wait for its question."""
    deployments = list(Deployment.objects.for_reader(request.user.reader()))
    common = _common(request.user, None, fresh, deployments)
    used_last = [each for each in deployments if each.pk == common["used_last"] and not each.test_error]
    context: dict[str, Any] = {
        **common,
        **(_fresh_with(asked, request.user) if asked else {}),
        "assistants": [] if asked else Assistant.objects.for_reader(request.user.reader()),
        "key": sign_new_chat(request.user, fresh),
        "turns": [],
        "deployment": asked.deployment if asked else next(iter([*used_last, *deployments]), None),
        "leaf": "",
        "busy": False,
        "empty_reason": _nobody_answers(request.user, deployments),
        "deleted": _deleted(request),
        "deleted_words": _("Deleted."),
        **attaching.listed(prepared),
    }
    return render(request, "conversations/chat.html", context)


@require_safe
@login_required
def conversation(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """The current branch of a conversation."""
    found = find_conversation(request.user, conversation)
    if not found.begun:
        return _fresh(request, found.pk, found, found.assistant)
    return show(request, found, found.leaf_id)


@require_safe
@login_required
def message(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """The branch that a message is on, whichever branch is current."""
    found = find_message(request.user, conversation, message)
    return show(request, found.conversation, found.conversation.branch_through(found), sought=found.pk)


@require_safe
@login_required
def earlier(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """For htmx: the messages before this one on its branch, as many as a page shows at once."""
    found = find_message(request.user, conversation, message)
    path = found.conversation.path(found.pk)[:-1]
    return _transcript(request, found.conversation, path, max(0, len(path) - SHOWN))


@require_safe
@login_required
def text(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """A message as it was written, in Markdown, with its sources below: what copying it copies."""
    found = find_message(request.user, conversation, message)
    citing.gather([found])
    kept = citing.kept(found, citing.Allowed.of(request.user.reader(), [found]))
    return HttpResponse(kept, content_type="text/plain; charset=utf-8")


def show(
    request: PersonRequest,
    found: Conversation,
    leaf: UUID | None,
    *,
    sought: UUID | None = None,
    panel: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a conversation at `leaf`; for htmx only what is in the transcript. `panel`: the evidence, if open.

    A long one is shown from its end, or from a little before the message that is `sought`; the rest comes on demand.
    """
    generation.mark_lost(found.messages.all())
    path = found.path(leaf)
    start = 0 if "all" in request.GET else max(0, len(path) - SHOWN)
    start = min([start, *(max(0, at - 4) for at, each in enumerate(path) if each.pk == sought)])
    Conversation.objects.for_user(request.user).filter(pk=found.pk).seen()
    if request.htmx:
        return _transcript(request, found, path, start)
    deployments = list(Deployment.objects.for_reader(request.user.reader()))
    context: dict[str, Any] = {
        **_common(request.user, found, found.pk, deployments),
        "key": "",
        **_turns(found, path, start),
        "deployment": found.deployment or (deployments[0] if deployments else None),
        "leaf": str(leaf or ""),
        "busy": any(each.running for each in path),
        "empty_reason": _obstacle(request.user, found, deployments),
        **(_with(found.assistant, request.user) if found.assistant else {}),
        "shared": Share.objects.live().filter(conversation=found).exists(),
        "panel": panel,
        **attaching.listed(found),
    }
    return render(request, "conversations/chat.html", context)


def _transcript(request: PersonRequest, found: Conversation, path: list[Message], start: int) -> HttpResponse:
    context = {**_turns(found, path, start), "person": request.user}
    return render(request, "conversations/_transcript.html", context)


def _turns(found: Conversation, path: list[Message], start: int) -> dict[str, Any]:
    before = reverse("earlier", args=[found.pk, path[start].pk]) if start else ""
    return {"turns": present.turns(found, path[start:]), "earlier": before}


def _common(person: User, found: Conversation | None, pk: UUID, deployments: list[Deployment]) -> dict[str, Any]:
    return {
        "conversation": found,
        "conversation_id": str(pk),
        "socket_path": f"/ws/c/{pk}/",
        "deployments": deployments,
        "demo_banner": bool(deployments) and all(each.kind == "offline" for each in deployments),
        **(choices := settling.offered(person, found, deployments)),
        "starters": _starters(choices["sources"]),
        **sidebar.listing(person, found.pk if found else None),
        "given": Share.objects.given_to(person.reader()).exists(),
        "max_text": settings.MAX_QUESTION,
        "may_attach": bool(deployments) and settings.MAX_ATTACHED > 0 and person.may(Feature.Name.UPLOAD),
        "max_file": settings.MAX_UPLOAD,
        "budget_notice": limiting.budget_notice(person),
        "person": person,
    }


def _with(assistant: Assistant, person: User) -> dict[str, Any]:
    """What is different on the page of a chat with an assistant: of its sources only those this person may ask."""
    asks = list(assistant.sources_for(person.reader()))
    lacking = len(asks) < assistant.sources.count()
    return {"assistant": assistant, "assistant_asks": asks, "assistant_lacks": lacking}


def _fresh_with(asked: Assistant, person: User) -> dict[str, Any]:
    return {**_with(asked, person), "asked": "", "starters": [_(each) for each in asked.starters]}


def _starters(sources: list[tuple[DataSource, bool]]) -> list[str]:
    """Three questions to begin with: those of the sources that are on, else what the built-in rules can show.

    Those that came with the product are in the catalogue; what an administrator wrote stays as it is.
    """
    written = [_(each) for source, on in sources if on for each in source.starters]
    shown = [_("What can you do?"), _("Write a table of the planets."), _("How many days are left until 1 January?")]
    return (written or shown)[:3]


def _deleted(request: PersonRequest) -> Conversation | None:
    """The conversation whose page was left because it was deleted there; it can be taken back here."""
    try:
        return find_thrown_away(request.user, uuid.UUID(request.GET.get("deleted", "")))
    except (ValueError, Http404):
        return None


def _obstacle(person: User, found: Conversation, deployments: list[Deployment]) -> str:
    """Why nothing can be asked in a conversation as it is; empty if it can."""
    if found.assistant is not None:
        mine = Assistant.objects.for_reader(person.reader()).contains(found.assistant)
        return "" if mine else "assistant_gone"
    if found.deployment is None:
        return _nobody_answers(person, deployments)
    return "" if found.deployment in deployments else "deployment_disabled"


def _nobody_answers(person: User, deployments: list[Deployment]) -> str:
    if deployments:
        return ""
    may_add = person.has_perm("conversations.add_deployment")
    return "no_deployment_admin" if may_add else "no_deployment"
