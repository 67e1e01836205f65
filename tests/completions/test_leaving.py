"""Whoever stops listening closes the upstream's connection at once: a token that nobody reads costs money."""

import asyncio
import ssl

import pytest

from conversations.completions import client, net
from tests.asking import ask, question
from tests.upstream import FakeUpstream


async def test_closing_the_generator_closes_the_connection(upstream: FakeUpstream) -> None:
    upstream.stall("Hel")
    chunks = client.stream(question(), upstream.endpoint())
    await anext(chunks)
    await chunks.aclose()
    assert await upstream.closed(within=1.0)


async def test_cancelling_in_mid_answer_closes_the_connection(upstream: FakeUpstream) -> None:
    upstream.stall("Hel")
    await cancelled(upstream)
    assert await upstream.closed(within=1.0)


async def test_cancelling_before_the_headers_closes_the_connection(upstream: FakeUpstream) -> None:
    upstream.stall()
    await cancelled(upstream)
    assert await upstream.closed(within=1.0)


async def test_cancelling_closes_an_encrypted_connection(
    tls: ssl.SSLContext, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeUpstream(tls) as upstream:
        upstream.stall("Hel")
        await cancelled(upstream)
        assert await upstream.closed(within=1.0)


async def test_timing_out_closes_the_connection(upstream: FakeUpstream) -> None:
    upstream.stall("Hel")
    await ask(upstream.endpoint(), chunk_timeout=0.1)
    assert await upstream.closed(within=1.0)


async def test_fifty_cancelled_answers_leave_no_connection(upstream: FakeUpstream) -> None:
    for _ in range(50):
        upstream.stall("Hel")
    tasks = [asyncio.create_task(ask(upstream.endpoint())) for _ in range(50)]
    while len(upstream.requests) < 50:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await upstream.closed(within=1.0, clients=50)
    assert upstream.open == 0


async def test_connections_are_not_limited(upstream: FakeUpstream) -> None:
    for _ in range(150):
        upstream.stall("Hel")
    tasks = [asyncio.create_task(ask(upstream.endpoint())) for _ in range(150)]
    async with asyncio.timeout(20):
        while upstream.open < 150:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_loop_has_one_client_and_closes_it() -> None:
    first = await net.client()
    assert await net.client() is first
    await net.aclose()
    assert first.is_closed
    assert await net.client() is not first


def test_loop_that_ends_closes_its_client() -> None:
    first = asyncio.run(net.client())
    assert first.is_closed
    assert asyncio.run(net.client()) is not first


async def cancelled(upstream: FakeUpstream) -> None:
    """Ask, and cancel as soon as the upstream has the request and what it has to say is on its way."""
    task = asyncio.create_task(ask(upstream.endpoint()))
    while not upstream.requests:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
