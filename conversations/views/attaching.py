"""Files of a conversation: added, listed with how far they are, removed; pictures are shown to their owner."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from conversations.models import Conversation, Deployment, Document, Feature, Message, Stage, User, attached, erase
from conversations.models.stored import PICTURES
from conversations.requests import PersonRequest
from conversations.retrieval.ingest.attaching import attach
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.picturing import is_picture
from conversations.views.access import find_conversation, find_file, may_start
from conversations.views.reasons import REASONS
from conversations.views.settling import Wrong, assistant

WORDS = REASONS | {
    "unsupported": gettext_lazy(
        "It cannot be read. Use PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, text, or a PNG, JPEG, WebP or GIF."
    ),
    "too_many": gettext_lazy("You keep as many files in conversations as you may. Remove some first."),
    "no_room": gettext_lazy("Your files in conversations take all the room there is for you. Remove some first."),
}


@login_required
def files(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """Those that no question was asked with yet; a POST adds some, or says in one sentence why not."""
    if request.method == "POST":
        try:
            found = prepared(request, conversation)
            refused = take(request, found)
        except Wrong as wrong:
            refused = [str(wrong)]
        if refused:
            return HttpResponse(" ".join(refused), status=422, content_type="text/plain; charset=utf-8")
    else:
        found = find_conversation(request.user, conversation)
    return render(request, "conversations/_files.html", listed(found))


@require_POST
@login_required
def remove(request: PersonRequest, conversation: UUID, document: int) -> HttpResponse:
    """Delete a file at once, with its words wherever answers rest on them."""
    found = find_file(request.user, conversation, document)
    erase(found)
    return HttpResponse() if request.htmx else redirect("conversation", conversation)


@require_safe
@login_required
def picture(request: PersonRequest, conversation: UUID, document: int) -> HttpResponse:
    """A picture as it was redrawn: of one of two types that we chose, whatever the file said it was."""
    found = find_file(request.user, conversation, document)
    if found.kind not in PICTURES:
        raise Http404
    try:
        content = found.path.read_bytes()
    except OSError:
        raise Http404 from None
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return HttpResponse(content, content_type=PICTURES[found.kind], headers=headers)


def prepared(request: PersonRequest, pk: UUID) -> Conversation:
    """This person's conversation, or the one that their new chat is going to be. Raises Http404, Wrong."""
    try:
        return find_conversation(request.user, pk)
    except Http404:
        if not may_start(request.user, pk, request.POST.get("key", "")):
            raise
    try:
        found = Conversation.prepare(request.user, pk, assistant(request, None))
    except IntegrityError:  # it is somebody else's
        raise Http404 from None
    if found.deleted is not None:
        raise Http404
    return found


def upload(request: PersonRequest, pk: UUID) -> str:
    """Without scripts files come with the question. Why one of them holds it up: those that are fine are kept."""
    if not request.FILES.getlist("files"):
        return ""
    try:
        refused = take(request, prepared(request, pk))
    except Wrong as wrong:
        refused = [str(wrong)]
    return " ".join([*refused, _("The question was not sent.")]) if refused else ""


def send(request: PersonRequest, question: Message, deployment: Deployment) -> str:
    """Ask `question` with the files that the form names, or that came with it; why not, if that cannot be."""
    waiting = attached.unsent(question.conversation).exclude(state=Stage.FAILED)
    if not request.FILES:
        named = [int(each) for each in request.POST.getlist("file") if each.isdecimal() and len(each) < 10]
        waiting = waiting.filter(pk__in=named)
    sent = list(waiting)
    if any(each.kind in PICTURES for each in sent) and (blind := blindness(request.user, deployment)):
        return blind
    question.attached.set(sent)
    return ""


def take(request: PersonRequest, found: Conversation) -> list[str]:
    """Attach what was uploaded; a sentence for each file that cannot be. Raises Http404 for who may attach nothing."""
    if not request.user.may(Feature.Name.UPLOAD):
        raise Http404
    asked = Deployment.objects.for_reader(request.user.reader()).filter(name=request.POST.get("deployment", ""))
    deployment = asked.first() or found.deployment
    refused = []
    for file in request.FILES.getlist("files"):
        if words := _refusal(request, found, file, deployment):
            refused.append(f"{file.name}: {words}")
    return refused


def _refusal(request: PersonRequest, found: Conversation, file: UploadedFile, deployment: Deployment | None) -> str:
    name = file.name or ""
    if is_picture(name) and (blind := blindness(request.user, deployment)):
        return blind
    if (file.size or 0) > settings.MAX_UPLOAD:
        return str(WORDS["too_large"])
    try:
        attach(found, name, file.read(), request.user)
    except Unreadable as unreadable:
        return str(WORDS[unreadable.reason])
    return ""


def blindness(person: User, deployment: Deployment | None) -> str:
    """Why it cannot be shown pictures, and which one of theirs can; nothing if it sees."""
    if deployment is None or deployment.sees:
        return ""
    seeing = next((each for each in Deployment.objects.for_reader(person.reader()) if each.sees), None)
    if seeing is None:
        return _("“%(name)s” does not see images, and neither does any other deployment.") % {"name": deployment.title}
    words = _("“%(name)s” does not see images. Choose “%(other)s”, which does, and attach it again.")
    return words % {"name": deployment.title, "other": seeing.title}


def listed(found: Conversation | None) -> dict[str, Any]:
    """What the composer's list takes."""
    waiting = list(attached.unsent(found)) if found else []
    return {
        "files": [shown(found.pk, each) for each in waiting] if found else [],
        "files_waiting": any(each.waiting for each in waiting),
        "files_address": reverse("files", args=[found.pk]) if found else "",
    }


def of_questions(conversation: Conversation, questions: list[Message]) -> dict[UUID, list[dict[str, Any]]]:
    """By question, the files it was asked with."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    sent = Document.questions.through.objects.filter(message__in=questions, document__deleted=None)
    for each in sent.select_related("document").order_by("document"):
        found.setdefault(each.message_id, []).append(shown(conversation.pk, each.document))
    return found


def shown(conversation: UUID, each: Document) -> dict[str, Any]:
    """A file as templates show it."""
    ids = [conversation, each.pk]
    return {
        "id": each.pk,
        "name": each.filename,
        "size": each.size,
        "pages": each.pages,
        "state": each.state,
        "done": each.done if each.state == Stage.PARSING else 0,
        "total": each.total,
        "why": str(WORDS.get(each.reason, WORDS["broken"])) if each.state == Stage.FAILED else "",
        "waiting": each.waiting,
        "picture": reverse("picture", args=ids) if each.kind in PICTURES else "",
        "page": reverse("document", args=[each.pk]) if each.version else "",
        "remove": reverse("remove_file", args=ids),
    }
