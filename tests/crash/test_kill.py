"""SIGKILL at any moment of an answer: the question is there, the text up to a second before, and Continue ends it."""

import asyncio
import random
import re
import time
from contextlib import suppress

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from conversations.completions.offline.persona import reply
from conversations.rendering import blocks
from tests.crash.rows import Rows
from tests.crash.visitor import Visitor

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the run on embedded defaults has proven it"),
]
LIVES, TALKS = 5, 4
BEHIND = 1.5  # seconds: a checkpoint each 0.8, and what a busy machine adds
QUESTION = "Number {}: write a long text of 600 words"


async def test_killed_at_twenty_moments_nothing_that_was_promised_is_lost(serve):
    server = serve()
    asked = {}
    for life in range(LIVES):
        await asyncio.to_thread(server.start)
        asked |= await one_life(server, life)
    await asyncio.to_thread(server.start)
    rows = Rows(server.data)
    for pk, (question, seen) in asked.items():
        answer = rows.answer(pk)
        assert answer.question == question
        assert whole(question).startswith(answer.text)
        assert len(shown(answer.text)) >= seen, f"more than {BEHIND} seconds were lost"
    await until(lambda: not rows.running(), within=30)
    async with Visitor(server) as visitor:
        texts = await asyncio.gather(*[go_on(visitor, rows, pk) for pk in asked])
    assert texts == [whole(question) for question, _seen in asked.values()]


async def one_life(server, life):
    """Ask, look on, and kill the server in mid-answer: each answer's question and how much of it was seen by then."""
    asked, looking = {}, []
    async with Visitor(server) as visitor:
        for each in range(TALKS):
            question = QUESTION.format(life * TALKS + each)
            conversation, answer = await visitor.ask(question)
            seen = []
            asked[answer] = (question, seen)
            looking.append(asyncio.create_task(look_on(visitor, conversation, answer, seen)))
            await asyncio.sleep(random.uniform(0, 0.5))
        await asyncio.sleep(random.uniform(0, 2.5))
        killed = time.monotonic()
        server.kill()
        await asyncio.gather(*looking)
    return {
        answer: (question, max([size for at, size in seen if at < killed - BEHIND], default=0))
        for answer, (question, seen) in asked.items()
    }


async def look_on(visitor, conversation, answer, seen):
    with suppress(ConnectionClosed):
        async with visitor.tab(conversation) as tab:
            while True:
                await tab.hear(20)
                seen.append((time.monotonic(), len(tab.words(answer))))


async def go_on(visitor, rows, answer):
    """Let it end: by Continue, or by Try again if not a word of it had been saved. Returns the whole answer's text."""
    found = rows.answer(answer)
    name = "continue" if found.text else "regenerate"
    response = await visitor.command(name, found.conversation, found.pk)
    assert response.status_code == 200, response.text
    pk = found.pk if found.text else rows.newest(found.conversation)
    await until(lambda: rows.answer(pk).state == "complete", within=40)
    return rows.answer(pk).text


async def until(check, within):
    end = time.monotonic() + within
    while not check():
        assert time.monotonic() < end, f"not within {within} seconds"
        await asyncio.sleep(0.25)


def whole(question):
    return reply([{"role": "user", "content": question}])


def shown(text):
    """What a tab shows of `text`, as Tab.words says it."""
    return re.sub(r"<[^>]+>", "", "".join(blocks(text)))
