"""Patience: for the first token, between chunks, and after the end. Times are short; nothing is measured."""

import asyncio

import pytest

from conversations.completions import client
from tests.asking import ask, failure, question
from tests.upstream import FakeUpstream

SHORT = 0.15  # seconds
LONG = 30.0  # a test that waited for this would be noticed


async def test_no_headers_in_time(upstream: FakeUpstream) -> None:
    upstream.stall()
    error = await failure(upstream.endpoint(), first_token_timeout=SHORT, chunk_timeout=LONG)
    assert (error.code, error.phase, error.retryable) == ("timed_out", "first_token", True)


async def test_the_role_alone_is_no_token(upstream: FakeUpstream) -> None:
    upstream.reply("Hello")
    upstream.pause()
    error = await failure(upstream.endpoint(), first_token_timeout=SHORT, chunk_timeout=LONG)
    assert error.phase == "first_token"


async def test_filter_results_alone_are_no_token(upstream: FakeUpstream) -> None:
    upstream.reply("Hello")
    upstream.pause()
    error = await failure(upstream.endpoint("azure"), first_token_timeout=SHORT, chunk_timeout=LONG)
    assert error.phase == "first_token"


async def test_no_further_chunk_in_time(upstream: FakeUpstream) -> None:
    upstream.stall("Hel")
    draft, error = await ask(upstream.endpoint(), first_token_timeout=LONG, chunk_timeout=SHORT)
    assert draft.text == "Hel"
    assert error is not None
    assert (error.code, getattr(error, "phase", "")) == ("timed_out", "chunk")


async def test_comments_buy_no_time(upstream: FakeUpstream) -> None:
    upstream.raw(*[b": still here\n\n"] * 2000)
    upstream.pause(after=1000)
    error = await failure(upstream.endpoint(), first_token_timeout=SHORT, chunk_timeout=LONG)
    assert error.phase == "first_token"


async def test_every_chunk_buys_time(upstream: FakeUpstream) -> None:
    pieces = [str(n) for n in range(16)]
    upstream.reply(*pieces, pause=0.05)  # together more than the timeout, each far less
    draft, error = await ask(upstream.endpoint(), chunk_timeout=0.6)
    assert (draft.text, error) == ("".join(pieces), None)


async def test_reader_that_takes_long_loses_no_time_of_the_upstream(upstream: FakeUpstream) -> None:
    upstream.reply("a", "b", "c")
    texts = []
    async for chunk in client.stream(question(), upstream.endpoint(), chunk_timeout=SHORT):
        texts += [each.delta.content for each in chunk.choices if each.delta]
        await asyncio.sleep(SHORT * 1.5)
    assert texts[1:4] == ["a", "b", "c"]


async def test_complete_answer_does_not_wait_for_its_done(
    upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LINGER", SHORT)
    upstream.reply("Hello", silent_after="finish_reason")
    draft, error = await ask(upstream.endpoint(), chunk_timeout=LONG)
    assert (draft.text, draft.finish_reason, error) == ("Hello", "stop", None)


async def test_done_is_the_end_although_the_connection_stays_open(upstream: FakeUpstream) -> None:
    upstream.reply("Hello", silent_after="[DONE]")
    draft, error = await ask(upstream.endpoint(), chunk_timeout=LONG)
    assert (draft.text, error) == ("Hello", None)
    assert await upstream.closed(within=1.0)
