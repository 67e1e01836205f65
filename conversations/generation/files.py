"""What is attached to a conversation, for one answer of it: waited for, searched, shown to models that see."""

import asyncio
import base64
import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from conversations.answering import sources
from conversations.generation.live import Live
from conversations.models import Chunk, Collection, Deployment, Message, Reader, attached
from conversations.models.stored import PICTURES
from conversations.retrieval.base import ELSE, FIRST, Setting

log = logging.getLogger(__name__)

LOOK = 0.3  # seconds between two looks at how far the reading is


async def wait(answer: UUID, live: Live, *, sees: bool) -> dict[str, list[str]]:
    """Until files that were sent are read, but no longer than people like to wait; names of those that are not."""
    waiting, failed = await database_sync_to_async(_unread)(answer, sees)
    try:
        async with asyncio.timeout(settings.READING_PATIENCE):
            while waiting:
                if live.reading != tuple(waiting):
                    live.reading = tuple(waiting)
                    live.touch()
                await asyncio.sleep(LOOK)
                waiting, failed = await database_sync_to_async(_unread)(answer, sees)
    except TimeoutError:
        log.info("Answer %s goes on without files that are still being read", answer)
    if live.reading:
        live.reading = ()
        live.touch()
    return {name: names for name, names in (("unread", waiting), ("unreadable", failed)) if names}


def _unread(answer: UUID, sees: bool) -> tuple[list[str], list[str]]:
    question = Message.objects.select_related("parent__conversation").get(pk=answer).parent
    return attached.unread(question, sees) if question else ([], [])


def source(answer: UUID, reader: Reader, language: str, *, alone: bool) -> Setting | None:
    """The files of the answer's conversation as a source; None if there is nothing in them to be searched.

    What came with the question is read even if no search leads into it, and so is all if it stands `alone`.
    """
    message = Message.objects.select_related("parent").get(pk=answer)
    found = Collection.objects.for_reader(reader).filter(conversation=message.conversation_id).first()
    if found is None or not Chunk.objects.current().filter(collection=found).exists():
        return None
    fresh = message.parent is not None and message.parent.attached.filter(chunks_count__gt=0, deleted=None).exists()
    with translation.override(language or None):
        return sources.attached(found, _("Attached files"), FIRST if fresh else ELSE if alone else "", reader)


def pictures(path: Iterable[Message], deployment: Deployment | None) -> dict[UUID, list[dict[str, Any]]]:
    """By question, the parts of a request that show its pictures; none for a deployment that cannot see."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    if deployment is None or not deployment.sees:
        return found
    for question, picture in attached.pictures(path):
        try:
            data = base64.b64encode(picture.path.read_bytes()).decode()
        except OSError:
            log.warning("The file of picture %s is gone", picture.pk)
            continue
        url = f"data:{PICTURES[picture.kind]};base64,{data}"
        found.setdefault(question.pk, []).append({"type": "image_url", "image_url": {"url": url}})
    return found
