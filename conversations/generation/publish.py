"""What other processes and other tabs are told, over the channel layer: few, small, idempotent messages.

A layer delivers at most once, so a message is a hint and the row is the truth. Text travels only where there is
a layer between processes, and each message of text begins at the last checkpoint: whoever has read the row can
always splice it on, and a lost one is healed by the next.
"""

import asyncio
import logging
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that telling may take; a layer that is gone must not hold up an answer


def conversation_group(conversation: UUID) -> str:
    return f"c.{conversation.hex}"


def person_group(user: int) -> str:
    return f"p.{user}"


def shared() -> bool:
    """Is there a layer between processes, so that viewers may be elsewhere?"""
    return bool(settings.REDIS_URL)


async def tell(group: str, event: dict[str, Any]) -> None:
    """Send, or log that it could not be sent: nothing depends on its arrival."""
    try:
        async with asyncio.timeout(PATIENCE):
            await get_channel_layer().group_send(group, event)
    except (TimeoutError, OSError) as error:
        log.warning("The channel layer did not take %s: %r", event["type"], error)
    except Exception as error:
        # redis-py's errors are no OSError; which classes there are depends on the layer that is configured.
        log.warning("The channel layer failed on %s: %r", event["type"], error)


async def started(conversation: UUID, message: UUID, owner: int) -> None:
    await tell(conversation_group(conversation), {"type": "answer.started", "message": str(message)})
    await sidebar(owner)


async def ended(conversation: UUID, message: UUID, owner: int) -> None:
    await tell(conversation_group(conversation), {"type": "answer.ended", "message": str(message)})
    await sidebar(owner)


async def text(conversation: UUID, message: UUID, epoch: int, offset: int, piece: str) -> None:
    """`piece` begins at character `offset` of the message's text."""
    event = {"type": "answer.text", "message": str(message), "epoch": epoch, "offset": offset}
    await tell(conversation_group(conversation), {**event, "text": piece})


async def session_ended(owner: int, session: str) -> None:
    """Somebody signed out: sockets of that session are told nothing more."""
    await tell(person_group(owner), {"type": "session.ended", "session": session})


async def person_changed(owner: int) -> None:
    """Somebody was suspended, or has another password: sockets look again whether they may stay."""
    await tell(person_group(owner), {"type": "person.changed"})


async def sidebar(owner: int) -> None:
    await tell(person_group(owner), {"type": "sidebar.changed"})
