"""Asks a deployment and yields its chunks as they arrive; every failure is one of completions.errors.

All chunks of one network read are yielded without waiting in between, so that whoever relays them sends one
frame for whatever has arrived. Closing the generator closes the connection to the upstream at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress

import msgspec

from conversations.completions import headers, identity, net
from conversations.completions.endpoints import Endpoint, kind, signed_in
from conversations.completions.errors import BrokenOff, TimedOut, Unreachable
from conversations.completions.reading import Reading
from conversations.completions.refusals import decoded, refusal
from conversations.completions.wire import ChatRequest, Chunk, body

LINGER = 5.0  # seconds that usage and [DONE] may come after the last finish_reason
DRAIN = 0.05  # seconds that the body's end may come after [DONE]: then the connection can be used again
LARGEST_ERROR = 64_000  # bytes of an error's body that are read
ERROR_TIME = 5.0  # seconds that it may take


async def stream(
    request: ChatRequest,
    endpoint: Endpoint,
    *,
    first_token_timeout: float = 60,
    chunk_timeout: float = 30,
) -> AsyncGenerator[Chunk, None]:
    """Chunks of the answer to `request`; the first one carries the response's Facts. Timeouts in seconds.

    Usage is asked for unless the request has stream_options of its own. Raises CompletionError; BrokenOff if
    the stream ends without a finish_reason.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + first_token_timeout
    try:
        async with asyncio.timeout_at(deadline):
            endpoint = await signed_in(endpoint)
            hide = _unspeakable(request, endpoint)
            response = await _send(request, endpoint)
    except TimeoutError as error:
        raise _late("first_token", first_token_timeout) from error
    try:
        if response.status != 200:
            if response.status == 401:
                identity.forget(endpoint.identity)
            raise await refused(response, hide)
        reading, first = Reading(hide), True
        while not reading.done:
            try:
                async with asyncio.timeout_at(deadline):
                    piece = await response.read()
            except (TimeoutError, BrokenOff) as error:
                if reading.finished:
                    return  # only its usage or its [DONE] is missing
                raise _what(error, reading, first_token_timeout, chunk_timeout) from error
            moved = False
            for chunk in reading.feed(piece) if piece is not None else reading.end():
                moved = True
                if first:
                    chunk.response, first = headers.facts(response.headers), False
                yield chunk
            if piece is None:
                return
            # A comment is no chunk: it buys no time. Nor does a filter's verdict before the first token.
            if moved and reading.token:
                deadline = loop.time() + (LINGER if reading.finished else chunk_timeout)
        reading.check()
        await _drain(response)
    finally:
        await response.aclose()


async def reach(endpoint: Endpoint) -> None:
    """Whether anybody answers at its address. Raises Unreachable; sends neither key nor question."""
    wire = kind(endpoint.kind)
    await net.reach(wire.url(endpoint), transport=wire.transport)


async def refused(response: net.Response, hide: Collection[str]) -> Exception:
    """The error that an answer other than 200 means; its body may be missing, slow or endless."""
    content = bytearray()
    with suppress(TimeoutError, BrokenOff):
        async with asyncio.timeout(ERROR_TIME):
            while len(content) < LARGEST_ERROR and (piece := await response.read()):
                content += piece
    facts = headers.facts(response.headers)
    return refusal(
        response.status,
        decoded(bytes(content)),
        retry_after=headers.retry_after(response.headers),
        request_id=facts.request_id or None,
        rate_limits=facts.rate_limits,
        location=response.location,
        hide=hide,
    )


async def _send(request: ChatRequest, endpoint: Endpoint) -> net.Response:
    wire = kind(endpoint.kind)
    options = request.stream_options or {"include_usage": True}
    sent = msgspec.structs.replace(request, stream=True, stream_options=options)
    return await net.send(
        wire.url(endpoint),
        wire.headers(endpoint),
        body(wire.body(sent, endpoint)),
        transport=wire.transport,
    )


def _unspeakable(request: ChatRequest, endpoint: Endpoint) -> Collection[str]:
    """What an error must not repeat although an upstream might: its credentials, and what was asked."""
    return [*endpoint.secrets, *(each.text for each in request.messages)]


def _what(
    error: Exception, reading: Reading, first_token_timeout: float, chunk_timeout: float
) -> TimedOut | BrokenOff | Unreachable:
    """What a timeout or a broken connection means where the reading was."""
    if isinstance(error, TimeoutError):
        return _late("chunk", chunk_timeout) if reading.token else _late("first_token", first_token_timeout)
    return BrokenOff(str(error)) if reading.began else Unreachable(str(error))


def _late(phase: str, seconds: float) -> TimedOut:
    what = "No first token" if phase == "first_token" else "No further chunk"
    return TimedOut(f"{what} within {seconds:g} seconds.", phase=phase)


async def _drain(response: net.Response) -> None:
    with suppress(TimeoutError, BrokenOff):
        async with asyncio.timeout(DRAIN):
            await response.read()
