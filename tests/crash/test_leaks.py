"""Pages that come and go leave nothing behind: no file, no thread, no memory. `CONNECTS=10000` for the long run."""

import asyncio
import os

import psutil
import pytest

from tests.crash.visitor import Visitor

pytestmark = pytest.mark.servers
CONNECTS = int(os.environ.get("CONNECTS", "1000"))
AT_ONCE = 20
WARM = 200
MEMORY = 8_000_000  # bytes: what the allocator may keep, whatever the number of connects


async def test_sockets_that_came_and_went_leave_nothing_behind(serve):
    server = serve().start()
    process = psutil.Process(server.process.pid)
    async with Visitor(server) as visitor:
        conversation, _ = await visitor.ask("hello")
        await come_and_go(visitor, conversation, WARM)
        files, threads, memory = process.num_fds(), process.num_threads(), process.memory_info().rss
        await come_and_go(visitor, conversation, CONNECTS)
        assert process.num_fds() <= files + 2
        assert process.num_threads() <= threads + 2
        assert process.memory_info().rss < memory + MEMORY


async def come_and_go(visitor, conversation, times):
    async def once():
        async with visitor.tab(conversation, after="") as tab:
            await tab.hear()

    for _ in range(times // AT_ONCE):
        await asyncio.gather(*[once() for _ in range(AT_ONCE)])
    await asyncio.sleep(1)
