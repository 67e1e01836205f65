"""Two processes on PostgreSQL and Redis: an answer belongs to one of them, and is everybody's to watch and to stop."""

import asyncio

import pytest
from django.conf import settings

from conversations.completions.offline.persona import reply
from conversations.rendering import blocks
from tests.crash.visitor import Visitor

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not (settings.DATABASE_URL.startswith("postgres") and settings.REDIS_URL),
        reason="needs DATABASE_URL and REDIS_URL: the second run of `make test`",
    ),
]
QUESTION = "write a long text of 200 words"
WHOLE = reply([{"role": "user", "content": QUESTION}])


async def test_what_one_process_writes_is_watched_in_the_other(pair):
    here, there = pair
    async with Visitor(here) as writer, Visitor(there) as viewer:
        conversation, answer = await writer.ask(QUESTION)
        async with writer.tab(conversation) as near, viewer.tab(conversation) as far:
            await asyncio.gather(near.until("complete", timeout=40), far.until("complete", timeout=40))
        frames = [event for event in far.events if event["type"] == "blocks"]
        assert near.blocks[str(answer)] == far.blocks[str(answer)] == blocks(WHOLE)
        assert len(frames) > 10, "it came as a whole, not live"


async def test_a_stop_there_ends_the_answer_here_within_a_second_or_so(pair):
    here, there = pair
    async with Visitor(here) as writer, Visitor(there) as viewer:
        conversation, answer = await writer.ask(QUESTION)
        async with viewer.tab(conversation) as tab:
            await tab.until("streaming")
            stopping = await viewer.command("stop", conversation, answer)
            assert stopping.status_code == 204
            await tab.until("stopped", timeout=2)
            assert tab.words(answer)


async def test_when_the_process_that_writes_is_killed_the_other_says_so_and_goes_on(pair):
    here, there = pair
    async with Visitor(here) as writer, Visitor(there) as viewer:
        conversation, answer = await writer.ask(QUESTION)
        async with viewer.tab(conversation) as tab:
            await tab.until("streaming")
            await asyncio.sleep(1)
            here.kill()
            await tab.until("interrupted", timeout=30)
            assert (await viewer.command("continue", conversation, answer)).status_code == 200
            await tab.until("complete", timeout=40)
            assert tab.blocks[str(answer)] == blocks(WHOLE)
