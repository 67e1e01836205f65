"""What becomes of a person's data: who read it, taking all of it away, deleting all of it."""

from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_POST

from conversations import generation
from conversations.auditing import record
from conversations.generation import publish
from conversations.models import (
    Assistant,
    AuditEntry,
    Company,
    Conversation,
    Message,
    Prompt,
    User,
    retention,
    searching,
)
from conversations.models.conversation_set import KEPT
from conversations.requests import PersonRequest
from conversations.views import archive

SHOWN = 20


def shown(person: User) -> dict[str, Any]:
    """For `account/_data.html`: how long conversations are kept; who read them, unless the company does not tell."""
    told = Company.current().tell_of_reading
    return {
        "told": told,
        "readings": AuditEntry.objects.readings_of(person)[:SHOWN] if told else [],
        "kept_days": retention.days_for(person),
    }


@require_POST
@login_required
def export_data(request: PersonRequest) -> StreamingHttpResponse:
    """Everything of this person, as a zip."""
    record(request, "data.export", request.user, concerns=request.user)
    response = StreamingHttpResponse(
        archive.stream(request.user, get_language() or "en"), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y-%m-%d}.zip"'
    return response


@require_POST
@login_required
def delete_data(request: PersonRequest) -> HttpResponse:
    """Delete it all for good, if they typed their name; the account and the audit stay."""
    person = request.user
    if request.POST.get("name", "").strip() != person.get_username():
        return redirect(reverse("account", query={"name": "wrong"}, fragment="data"))
    for running in Message.objects.for_user(person).running():
        async_to_sync(generation.stop)(running.pk)
    with transaction.atomic():
        mine = Conversation.objects.filter(owner=person)
        count = mine.filter(deleted=None).begun().count()
        mine.update(deleted=timezone.now() - KEPT - timedelta(minutes=1), expired=None)
        record(request, "data.delete", person, concerns=person, note=f"{count} conversations")
    # A few at a time, each its own transaction: others write meanwhile, and the server's tending does what is left.
    while mine.purge():
        pass
    searching.merge()
    for prompt in Prompt.objects.filter(owner=person):
        try:
            prompt.delete()
        except ProtectedError:  # it was shared once, and others' conversations use it
            messages.info(request, gettext("Others use your prompt “%(name)s”: it stays.") % {"name": prompt})
    for assistant in Assistant.objects.of(person):
        if assistant.remove():
            continue
        words = gettext(
            "Others have conversations with your assistant “%(name)s”: its words stay, and it is switched off."
        )
        messages.info(request, words % {"name": assistant})
    async_to_sync(publish.sidebar)(person.pk)
    words = ngettext(
        "%(count)s conversation was deleted for good, with its files, and your prompts and assistants.",
        "%(count)s conversations were deleted for good, with their files, and your prompts and assistants.",
        count,
    )
    messages.success(request, words % {"count": count})
    return redirect("account")
