"""Asks a deployment and yields its chunks as they arrive; every failure is one of completions.errors.

All chunks of one network read are yielded without waiting in between, so that whoever relays them sends one frame
for whatever has arrived. Closing the generator closes the connection to the upstream at once.
"""

import asyncio
import json
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from conversations.completions import net
from conversations.completions.endpoints import Endpoint, kind
from conversations.completions.errors import BrokenOff, TimedOut, Unreachable, refusal
from conversations.completions.reading import LARGEST_BODY, Reading
from conversations.completions.wire import ChatRequest, Chunk, Facts, body


async def stream(
    request: ChatRequest,
    endpoint: Endpoint,
    *,
    first_token_timeout: float = 60,
    chunk_timeout: float = 30,
) -> AsyncGenerator[Chunk, None]:
    """Chunks of the answer to `request`; the first one carries the response's Facts. Timeouts in seconds.

    Raises CompletionError; BrokenOff if the stream ends without a finish_reason.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + first_token_timeout
    try:
        async with asyncio.timeout_at(deadline):
            response = await _send(request, endpoint)
    except TimeoutError:
        raise _late("first_token", first_token_timeout) from None
    facts: Facts | None = _facts(response)
    try:
        await _check(response)
        reading = Reading(json_body="json" in response.headers.get("content-type", ""))
        pieces = response.aiter_bytes()
        while (piece := await _next(pieces, deadline, reading, first_token_timeout, chunk_timeout)) is not None:
            for chunk in reading.feed(piece):
                if chunk.choices:  # a comment or a filter result is no token: it buys no time
                    deadline = loop.time() + chunk_timeout
                chunk.response, facts = facts, None
                yield chunk
        for chunk in reading.end():
            chunk.response, facts = facts, None
            yield chunk
    finally:
        await response.aclose()


async def _send(request: ChatRequest, endpoint: Endpoint) -> httpx.Response:
    wire = kind(endpoint.kind)
    sent = msgspec.structs.replace(
        request, stream=True, stream_options=request.stream_options or {"include_usage": True}
    )
    client = net.client(offline=endpoint.kind == "offline")
    try:
        post = client.build_request(
            "POST",
            wire.url(endpoint),
            headers={
                **wire.headers(endpoint),
                "Content-Type": "application/json",
                "Accept": "text/event-stream, application/json",
            },
            content=body(wire.body(sent, endpoint)),
        )
        return await client.send(post, stream=True)
    except (httpx.TransportError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Unreachable(f"Cannot reach {endpoint.address}: {_words(error)}") from error


async def _next(
    pieces: AsyncIterator[bytes],
    deadline: float,
    reading: Reading,
    first_token_timeout: float,
    chunk_timeout: float,
) -> bytes | None:
    """The next network read, or None at the end of the body."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(pieces, None)
    except TimeoutError:
        if reading.finished:
            return None  # complete; only its [DONE] is missing
        if reading.began:
            raise _late("chunk", chunk_timeout) from None
        raise _late("first_token", first_token_timeout) from None
    except httpx.HTTPError as error:
        if reading.finished:
            return None
        if reading.began:
            raise BrokenOff(f"The connection broke: {_words(error)}") from error
        raise Unreachable(f"The connection broke before the first token: {_words(error)}") from error


def _late(phase: str, seconds: float) -> TimedOut:
    what = "No first token" if phase == "first_token" else "No further text"
    return TimedOut(f"{what} within {seconds:g} seconds.", phase=phase)


async def _check(response: httpx.Response) -> None:
    if response.status_code == 200:
        return
    content = b""
    try:
        async with asyncio.timeout(10), aclosing(_bytes(response)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > LARGEST_BODY:
                    break
    except (TimeoutError, httpx.HTTPError):
        content = content or b"(the error's text did not come)"
    text = content.decode(errors="replace")
    try:
        decoded = json.loads(text)
    except ValueError:
        decoded = "(an HTML page)" if text.lstrip().startswith("<") else text
    raise refusal(
        response.status_code,
        decoded,
        retry_after=_retry_after(response.headers),
        request_id=_facts(response).request_id or None,
    )


async def _bytes(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for piece in response.aiter_bytes():
        yield piece


def _facts(response: httpx.Response) -> Facts:
    headers = response.headers
    ids = (headers.get(name) for name in ("x-request-id", "apim-request-id", "x-ms-request-id"))
    limits = {k: v for k, v in headers.items() if k.startswith("x-ratelimit-")}
    return Facts(request_id=next((each for each in ids if each), "")[:200], rate_limits=limits)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, from milliseconds, seconds or a date; None if upstream did not say, or said nonsense."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        try:
            seconds = float(value) * unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]
