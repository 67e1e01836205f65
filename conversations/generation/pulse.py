"""Is Redis there? Who was connected while it was gone, or was started anew, may have missed something.

Every few seconds it is asked which run of itself it is. After an outage or another run, `on_return` of every socket is
called.
"""

import asyncio
from collections.abc import Awaitable, Callable

import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from conversations.outage import REDIS

BEAT = 2.0  # seconds between two looks, and how long one may take

OnReturn = Callable[[], Awaitable[None]]
_waiting: set[OnReturn] = set()


def join(on_return: OnReturn) -> None:
    """Call `on_return` whenever Redis was gone and has come back, until `leave`."""
    _waiting.add(on_return)


def leave(on_return: OnReturn) -> None:
    _waiting.discard(on_return)


async def keep_looking() -> None:
    """For as long as the process lives; returns at once where there is no Redis."""
    if not settings.REDIS_URL:
        return
    # Asked twice: on a busy machine the first answer may come too late.
    again = Retry(NoBackoff(), 1)
    client = redis.asyncio.from_url(
        settings.REDIS_URL, socket_timeout=BEAT, socket_connect_timeout=BEAT, retry=again, retry_on_timeout=True
    )
    try:
        run = await _run(client)
        while True:
            await asyncio.sleep(BEAT)
            before, run = run, await _run(client)
            if not run or run == before:
                continue
            await asyncio.sleep(BEAT)  # the layer subscribes again by itself, within a second
            await asyncio.gather(*[each() for each in list(_waiting)], return_exceptions=True)
    finally:
        await client.aclose()


async def _run(client: "redis.asyncio.Redis") -> str:
    """Which run of Redis answers; empty if none does."""
    try:
        run = str((await client.info("server"))["run_id"])
    except (RedisError, OSError) as error:
        REDIS.noticed(error)
        return ""
    REDIS.answered()
    return run
