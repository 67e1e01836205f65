"""How long the event loop was held up: what belongs into a thread shows here."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any


async def held_up(work: Coroutine[Any, Any, Any]) -> float:
    """The longest time in seconds for which nobody else got a turn while `work` was done."""
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    waiting = asyncio.create_task(others())
    await asyncio.sleep(0)
    await work
    await asyncio.sleep(0)
    waiting.cancel()
    return longest
