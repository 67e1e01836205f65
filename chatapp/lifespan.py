"""What happens once when the server process starts, while it runs, and when it ends (ASGI lifespan).

daphne, the development server, sends no lifespan events: there the first viewer of a lost answer finds it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django import db

from conversations import generation
from conversations.retrieval.ingest.runner import keep_ingesting

log = logging.getLogger(__name__)


async def lifespan(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    await receive()
    await database_sync_to_async(setattr)(db.connection, "reserved", True)  # chatapp/postgres/base.py
    keeping = [
        asyncio.create_task(each()) for each in (generation.keep_sweeping, generation.keep_looking, keep_ingesting)
    ]
    for task in keeping:
        task.add_done_callback(_ended)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for task in keeping:
        task.cancel()
    await asyncio.wait(keeping)
    await generation.drain()
    await send({"type": "lifespan.shutdown.complete"})


def _ended(task: asyncio.Task[None]) -> None:
    """None of them should by an error; if one does, nothing else says so before the server ends."""
    if not task.cancelled() and (error := task.exception()):
        log.error("What the server does all the time has ended: %s", task.get_coro(), exc_info=error)
