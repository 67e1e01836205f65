"""Commands: ask, stop, continue, regenerate, edit. What they accept is in the database before they answer.

A command that cannot be carried out says why in one sentence and changes nothing; the page keeps what was typed.
"""

import logging
import uuid
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django import db
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import generation
from conversations.generation.runner import Draining
from conversations.models import Busy, Conversation, Deployment, Final, Message, Role, Turn
from conversations.requests import PersonRequest
from conversations.views import attaching, pages, present
from conversations.views.access import find_conversation, find_message, may_start
from conversations.views.settling import Wrong, settle

log = logging.getLogger(__name__)


class Refusal(Exception):
    """A command that is not carried out: status and sentence."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


View = Callable[..., Coroutine[Any, Any, HttpResponse]]


def command(view: View) -> View:
    """A POST by somebody signed in; refusals become the composer's error, or a page without htmx."""

    @require_POST
    @wraps(view)
    async def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:  # the middleware has loaded them; `login_required` would do so again
            return await sync_to_async(_signed_out)(request, **kwargs)
        try:
            return await view(request, *args, **kwargs)
        except Refusal as refusal:
            status, words = refusal.status, refusal.words
        except Busy:
            status, words = 409, _("An answer is still being written. Wait for it, or stop it first.")
        except Final:
            status, words = 422, _("This answer cannot be continued.")
        except Draining:
            status, words = 503, _("The server is restarting. Try again in a few seconds.")
        except db.Error:
            log.exception("A command could not be saved")
            status, words = 503, _("It could not be saved. Nothing is lost here; try again.")
        kept = kwargs["conversation"] if request.FILES else None  # the files that could be read wait there
        return await sync_to_async(_refused)(request, status, words, kept)

    return guarded


@command
async def ask(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """Accept a question and let it be answered; the two articles for htmx, else the conversation's page."""
    generation.must_be_open()
    turn, new = await sync_to_async(_accept)(request, conversation)
    if turn.new:
        generation.start(turn.answer.pk)
    if not request.htmx:
        return redirect("conversation", conversation)
    return await sync_to_async(_two_articles)(request, turn, new)


@command
async def stop(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """End a running answer; what came stays. Stopping one that has ended changes nothing."""
    answer = await sync_to_async(_answer)(request, conversation, message)
    if answer.running:
        await generation.stop(answer.pk)
    if not request.htmx:
        return redirect("conversation", conversation)
    return HttpResponse(status=204)


@command
async def go_on(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """Let an answer that ended early go on where it stopped."""
    answer = await sync_to_async(_answer)(request, conversation, message)
    generation.must_be_open()
    await sync_to_async(answer.conversation.go_on)(answer, language=get_language() or "")
    generation.start(answer.pk)
    if not request.htmx:
        return redirect("conversation", conversation)
    return await sync_to_async(_one_article)(request, answer.pk)


@command
async def regenerate(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """A new answer to the same question, beside the old one."""
    generation.must_be_open()
    again = await sync_to_async(_again)(request, conversation, message)
    generation.start(again.pk)
    return await sync_to_async(_branch)(request, conversation)


@command
async def edit(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """Ask a question again in other words: a new branch beside the old one."""
    generation.must_be_open()
    turn = await sync_to_async(_edit)(request, conversation, message)
    generation.start(turn.answer.pk)
    return await sync_to_async(_branch)(request, conversation)


def _accept(request: PersonRequest, pk: UUID) -> tuple[Turn, bool]:
    text = _text(request, "starter", "text")
    client_id = _uuid(request, "client_id")
    if words := attaching.upload(request, pk):
        raise Refusal(422, words)
    try:
        found = find_conversation(request.user, pk)
        new = not found.begun
    except Http404:
        if not may_start(request.user, pk, request.POST.get("key", "")):
            raise
        new = True
    parent = _uuid(request, "parent")
    deployment = _deployment(request, None if new else found)
    with transaction.atomic():  # a question that is refused changes nothing
        if new:
            found = _start(request, pk, text, deployment)
        _settle(request, found, deployment, new=new)
        try:
            turn = found.ask(text, client_id=client_id, parent=parent, language=get_language() or "")
        except Message.DoesNotExist:
            words = _("The answer this follows is not there any more. Reload the page; your text stays.")
            raise Refusal(409, words) from None
        if turn.new and (words := attaching.send(request, turn.question, deployment)):
            raise Refusal(422, words)
    return turn, new


def _start(request: PersonRequest, pk: UUID, text: str, deployment: Deployment) -> Conversation:
    try:
        found = Conversation.start(request.user, id=pk, text=text, deployment=deployment)
    except IntegrityError:  # it is somebody else's
        raise Http404 from None
    if found.deleted is not None:  # in another tab
        raise Http404
    return found


def _again(request: PersonRequest, conversation: UUID, message: UUID) -> Message:
    old = _answer(request, conversation, message)
    if old.parent is None:
        raise Http404
    with transaction.atomic():
        _settle(request, old.conversation, _deployment(request, old.conversation))
        return old.conversation.answer_again(old.parent, language=get_language() or "")


def _settle(request: PersonRequest, found: Conversation, deployment: Deployment, *, new: bool = False) -> None:
    try:
        settle(request, found, deployment, new=new)
    except Wrong as wrong:
        raise Refusal(422, str(wrong)) from None


def _edit(request: PersonRequest, conversation: UUID, message: UUID) -> Turn:
    old = find_message(request.user, conversation, message)
    if old.role != Role.USER:
        raise Http404
    with transaction.atomic():
        _settle(request, old.conversation, _deployment(request, old.conversation))
        turn = old.conversation.ask(
            _text(request, f"edit-{old.pk}", "text"),
            parent=old.parent_id,
            at_root=old.parent_id is None,
            language=get_language() or "",
        )
        turn.question.attached.set(old.attached.all())
    return turn


def _text(request: PersonRequest, *names: str) -> str:
    """What was typed: the first of the fields `names` that holds anything."""
    typed = next((request.POST[name] for name in names if request.POST.get(name)), "")
    text = typed.replace("\r\n", "\n").replace("\0", "\ufffd").strip()
    if not text:
        raise Refusal(422, _("Write a question first."))
    if len(text) > settings.MAX_QUESTION:
        words = _("This text has %(count)s characters; at most %(most)s can be sent at once. Shorten it.")
        count, most = f"{len(text):,}", f"{settings.MAX_QUESTION:,}"
        raise Refusal(413, words % {"count": count, "most": most})
    return text


def _uuid(request: PersonRequest, name: str) -> UUID | None:
    value = request.POST.get(name, "").strip()
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        raise Refusal(422, _("The form is damaged. Reload the page; your text stays.")) from None


def _deployment(request: PersonRequest, found: Conversation | None) -> Deployment:
    """The deployment the form names, else the conversation's own; never another one silently."""
    usable = list(Deployment.objects.usable())
    name = request.POST.get("deployment", "")
    if name:
        chosen = next((each for each in usable if each.name == name), None)
    elif found is not None and found.deployment_id:
        chosen = next((each for each in usable if each.pk == found.deployment_id), None)
    else:
        chosen = usable[0] if usable else None
    if chosen is None and usable:
        raise Refusal(422, _("This deployment is not available any more. Choose another one."))
    if chosen is None:
        raise Refusal(422, _("No deployment can answer yet. Ask an administrator to add one."))
    return chosen


def _answer(request: PersonRequest, conversation: UUID, message: UUID) -> Message:
    found = find_message(request.user, conversation, message)
    if found.role != Role.ASSISTANT:
        raise Http404
    return found


def _two_articles(request: PersonRequest, turn: Turn, new: bool) -> HttpResponse:
    found = turn.answer.conversation
    context = {"turns": present.turns(found, [turn.question, turn.answer]), "person": request.user}
    context |= {**attaching.listed(found), "beside": True}
    response = render(request, "conversations/_asked.html", context)
    if new:
        response["HX-Push-Url"] = reverse("conversation", args=[found.pk])
    return response


def _one_article(request: PersonRequest, pk: UUID) -> HttpResponse:
    answer = Message.objects.for_user(request.user).select_related("conversation").get(pk=pk)
    shown = present.one(answer.conversation, answer)
    context = {"message": shown, "person": request.user}
    return render(request, "conversations/_article.html", context)


def _branch(request: PersonRequest, conversation: UUID) -> HttpResponse:
    if not request.htmx:
        return redirect("conversation", conversation)
    found = find_conversation(request.user, conversation)
    response = pages.show(request, found, found.leaf_id)
    response["HX-Push-Url"] = reverse("conversation", args=[found.pk])
    return response


def _signed_out(request: PersonRequest, conversation: UUID, **_kwargs: UUID) -> HttpResponse:
    """To sign in, and back to the page that this came from; without scripts the text would be lost on the way."""
    if _typed(request) and not request.htmx:
        return _refused(request, 401, _("You are signed out. Copy your text, sign in, and send it again."))
    return redirect_to_login(reverse("conversation", args=[conversation]))


def _typed(request: PersonRequest) -> str:
    """What was typed into the form that was sent, whichever it was."""
    names = (each for each in request.POST if each in {"text", "starter"} or each.startswith("edit-"))
    return next((request.POST[name] for name in names if request.POST[name].strip()), "")


def _refused(request: PersonRequest, status: int, words: str, conversation: UUID | None = None) -> HttpResponse:
    partial = getattr(request, "htmx", None)
    template = "conversations/_composer_error.html" if partial else "conversations/refused.html"
    back = reverse("conversation", args=[conversation]) if conversation else ""
    context = {"error": words, "text": _typed(request), "back": back}
    return render(request, template, context, status=status)
