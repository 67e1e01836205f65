"""Redis goes away and comes back: answers are saved all the same, and pages catch up within ten seconds."""

import asyncio
import re
import shutil
import time

import psutil
import pytest

from conversations.completions.offline.persona import reply
from conversations.rendering import blocks
from tests.crash.visitor import Visitor

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server"),
]
QUESTION = "write a long text of 600 words"
WORDS = re.sub(r"<[^>]+>", "", "".join(blocks(reply([{"role": "user", "content": QUESTION}]))))
KEYS = {"SECRET_KEY": "only-for-tests", "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}


@pytest.fixture
def two(redis, serve):
    """Two processes on one SQLite file, and on that Redis."""
    environment = {**KEYS, "REDIS_URL": redis.address}
    return [serve(**environment).start() for _ in range(2)]


async def test_answers_are_saved_without_redis_and_pages_catch_up_when_it_is_back(redis, two):
    here, there = two
    async with Visitor(here) as writer, Visitor(there) as viewer:
        conversation, answer = await writer.ask(QUESTION)
        async with viewer.tab(conversation) as far:
            await far.until("streaming")
            redis.kill()
            await far.until("complete", timeout=60)  # read from the row
            before = [cpu(server) for server in two]
            await asyncio.sleep(3)  # nothing is left to do but to look for Redis
            assert all(cpu(server) - spent < 1 for server, spent in zip(two, before, strict=True)), "a busy loop"
            assert far.words(answer) == WORDS
            again = await writer.ask_in(conversation, "hello")  # nobody there is told
            redis.start()
            back = time.monotonic()
            assert await far.wire.closed(within=10) == 1012
        async with viewer.tab(conversation, after=answer) as far:
            while str(again) not in far.articles:
                await far.hear()
            assert time.monotonic() - back < 10


def cpu(server):
    return sum(psutil.Process(server.process.pid).cpu_times()[:2])
