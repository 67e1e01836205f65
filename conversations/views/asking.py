"""Commands: ask, stop, continue, regenerate, edit. What they accept is in the database before they answer.

A command that cannot be carried out says why in one sentence and changes nothing; the page keeps what was typed.
"""

import uuid
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations import answering, generation
from conversations.models import Conversation, Deployment, Message, Role, Standing, Turn
from conversations.requests import PersonRequest
from conversations.views import attaching, limiting, pages, present
from conversations.views.access import find_conversation, find_message, may_start
from conversations.views.commanding import Refusal, command
from conversations.views.settling import Wrong, assistant, settle


@command
async def ask(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """Accept a question and let it be answered; the two articles for htmx, else the conversation's page."""
    generation.must_be_open()
    turn, new, standings = await sync_to_async(_accept)(request, conversation)
    if turn.new:
        generation.start(turn.answer.pk)
    if not request.htmx:
        return redirect("conversation", conversation)
    return await sync_to_async(_two_articles)(request, turn, new, standings)


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
    await sync_to_async(_go_on)(request, answer)
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


def _accept(request: PersonRequest, pk: UUID) -> tuple[Turn, bool, list[Standing]]:
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
        standings = _within_limits(request) if turn.new else []
        if turn.new and (words := attaching.send(request, turn.question, deployment)):
            raise Refusal(422, words)
    return turn, new, standings


def _within_limits(request: PersonRequest) -> list[Standing]:
    """How far budgets are used; raises LimitReached for what was asked in this transaction, which takes it back."""
    answering.within_limits(request.user.pk)
    return answering.within_budget(request.user.reader())


def _start(request: PersonRequest, pk: UUID, text: str, deployment: Deployment) -> Conversation:
    try:
        temporary = "temporary" in request.POST
        found = Conversation.start(request.user, id=pk, text=text, deployment=deployment, temporary=temporary)
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
        again = old.conversation.answer_again(old.parent, language=get_language() or "")
        _within_limits(request)
        return again


def _go_on(request: PersonRequest, answer: Message) -> None:
    with transaction.atomic():
        answer.conversation.go_on(answer, language=get_language() or "")
        _within_limits(request)


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
        text = _text(request, f"edit-{old.pk}", "text")
        turn = old.conversation.ask(
            text,
            parent=old.parent_id,
            at_root=old.parent_id is None,
            language=get_language() or "",
        )
        old.conversation.retitle(old, text)
        turn.question.attached.set(old.attached.all())
        _within_limits(request)
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
    """The deployment the form names, else the assistant's, else the conversation's own; never another one silently."""
    usable = list(Deployment.objects.for_reader(request.user.reader()))
    name = request.POST.get("deployment", "")
    try:
        asked = assistant(request, found)
    except Wrong as wrong:
        raise Refusal(422, str(wrong), gone=True) from None
    if name:
        chosen = next((each for each in usable if each.name == name), None)
    elif asked is not None:
        chosen = asked.deployment
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


def _two_articles(request: PersonRequest, turn: Turn, new: bool, standings: list[Standing]) -> HttpResponse:
    found = turn.answer.conversation
    context = {"turns": present.turns(found, [turn.question, turn.answer]), "person": request.user}
    context |= {**attaching.listed(found), "beside": True, "budgets": bool(standings)}
    context["budget_notice"] = limiting.notice(standings)
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
