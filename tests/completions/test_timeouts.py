"""Patience: for the first token, between chunks, and after the end. Times are short; nothing is measured."""

import asyncio
from typing import Any

import pytest

from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.endpoints import Endpoint
from tests.asking import ask, question
from tests.upstream import FakeUpstream

SHORT = 0.15  # seconds
LONG = 3600.0
TOO_LONG = 15.0  # a test that took this waited for the wrong thing
TOKEN = b'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
COMMENTS = (b": still here\n\n", 0.02) * 150  # three seconds of them


async def ended(endpoint: Endpoint, *, first_token: float = LONG, chunk: float = LONG) -> tuple[Draft, Any]:
    """What came and what ended it, within TOO_LONG."""
    async with asyncio.timeout(TOO_LONG):
        return await ask(endpoint, first_token_timeout=first_token, chunk_timeout=chunk)


async def test_no_headers_in_time(upstream: FakeUpstream) -> None:
    upstream.stall()
    _draft, error = await ended(upstream.endpoint(), first_token=SHORT)
    assert (error.code, error.phase, error.retryable) == ("timed_out", "first_token", True)


@pytest.mark.parametrize("kind", ["openai", "azure"])
async def test_role_and_filter_results_are_no_token(upstream: FakeUpstream, kind: str) -> None:
    upstream.reply("Hello")
    upstream.pause()
    _draft, error = await ended(upstream.endpoint(kind), first_token=SHORT)
    assert (error.code, error.phase) == ("timed_out", "first_token")


async def test_no_further_chunk_in_time(upstream: FakeUpstream) -> None:
    upstream.stall("Hel")
    draft, error = await ended(upstream.endpoint(), chunk=SHORT)
    assert draft.text == "Hel"
    assert (error.code, error.phase) == ("timed_out", "chunk")


async def test_comments_buy_no_time_before_the_first_token(upstream: FakeUpstream) -> None:
    upstream.raw(*COMMENTS)
    _draft, error = await ended(upstream.endpoint(), first_token=SHORT)
    assert (error.code, error.phase) == ("timed_out", "first_token")


async def test_comments_buy_no_time_between_chunks(upstream: FakeUpstream) -> None:
    upstream.raw(TOKEN, *COMMENTS)
    _draft, error = await ended(upstream.endpoint(), chunk=SHORT)
    assert (error.code, error.phase) == ("timed_out", "chunk")


async def test_every_chunk_buys_time(upstream: FakeUpstream) -> None:
    pieces = [str(n) for n in range(16)]
    upstream.reply(*pieces, pause=0.05)  # together more than the timeout, each far less
    draft, error = await ended(upstream.endpoint(), chunk=0.6)
    assert (draft.text, error) == ("".join(pieces), None)


async def test_reader_that_takes_long_loses_no_time_of_the_upstream(upstream: FakeUpstream) -> None:
    upstream.reply("a", "b")
    texts = []
    async for chunk in client.stream(question(), upstream.endpoint(), chunk_timeout=SHORT):
        texts += [each.delta.content for each in chunk.choices if each.delta]
        await asyncio.sleep(SHORT * 1.5)
    assert texts[1:3] == ["a", "b"]


async def test_complete_answer_does_not_wait_for_its_done(
    upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LINGER", SHORT)
    upstream.reply("Hello", silent_after="finish_reason")
    draft, error = await ended(upstream.endpoint())
    assert (draft.text, draft.finish_reason, error) == ("Hello", "stop", None)


async def test_done_is_the_end_although_the_connection_stays_open(upstream: FakeUpstream) -> None:
    upstream.reply("Hello", silent_after="[DONE]")
    draft, error = await ended(upstream.endpoint())
    assert (draft.text, error) == ("Hello", None)
    assert await upstream.closed(within=1.0)


async def test_error_whose_text_never_comes_is_still_that_error(
    upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ERROR_TIME", SHORT)
    upstream.fail(503, silent=True)
    _draft, error = await ended(upstream.endpoint())
    assert (error.code, error.status) == ("upstream_down", 503)
