"""What happens once when the server process starts, while it runs, and when it ends (ASGI lifespan).

daphne, the development server, sends no lifespan events: there the first viewer of a lost answer finds it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from conversations import generation

log = logging.getLogger(__name__)


async def lifespan(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    await receive()
    sweeping = asyncio.create_task(generation.keep_sweeping())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    sweeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sweeping
    await generation.drain()
    await send({"type": "lifespan.shutdown.complete"})
