"""Passes a request on to the deployment that it names and its answer back, both piece by piece."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.http import StreamingHttpResponse

from conversations.answering.admission import Candidate, admit
from conversations.answering.stream import again
from conversations.api import parameters
from conversations.api.door import ApiRequest
from conversations.api.errors import ApiError, told
from conversations.api.lasting import Lasting
from conversations.api.models import find_deployment
from conversations.completions import passing
from conversations.completions.endpoints import kind
from conversations.completions.errors import CompletionError
from conversations.completions.passing import Passed
from conversations.models import Call, Purpose, Reader

PATIENCE = 600.0  # seconds for the whole upload and until the answer begins, as long as the official clients wait
ELSEWHERE = "The deployment “{name}” is of a kind that has no {operation}. Ask another one; /v1/models lists them."


@dataclass(frozen=True)
class Route:
    """Who is asked for what, on whose behalf."""

    operation: str
    candidate: Candidate
    reader: Reader

    @property
    def model(self) -> str:
        """The upstream's own id, in place of the deployment's name."""
        return self.candidate.endpoint.model


async def route(request: ApiRequest, operation: str, in_path: str, in_body: str | None) -> Route:
    """Raises ApiError if neither path nor body names a deployment that this key may ask and that has the operation."""
    if not in_path and not in_body:
        parameters.wrong("model", "is missing.", code="missing_required_parameter")
    reader = request.key.reader()
    found = await find_deployment(reader, in_path or in_body or "", model=not in_path)
    candidate = (await admit(found, reader))[0]
    if operation not in kind(candidate.endpoint.kind).operations:
        words = ELSEWHERE.format(name=found.name, operation=operation)
        raise ApiError(400, words, param=None if in_path else "model", code="OperationNotSupported")
    return Route(operation, candidate, reader)


async def relay(
    by: Route, content: bytes | AsyncIterable[bytes], content_type: str, *, hide: Collection[str] = ()
) -> StreamingHttpResponse:
    """The deployment's answer as it comes. Raises CompletionError. `hide`: what its errors must not repeat."""
    lasting = Lasting(by.reader, by.candidate.pk)
    try:
        passed = await lasting.one(_asked(by, content, content_type, hide))
    except (asyncio.CancelledError, ApiError):
        await _note({}, by)  # who went away was not refused: the deployment was at work
        raise
    # No length: a caller that counts would send its next request while the usage of this one is still written down.
    return StreamingHttpResponse(
        _back(passed, by, lasting), content_type=passed.content_type, headers=passed.facts.rate_limits
    )


async def _asked(by: Route, content: bytes | AsyncIterable[bytes], content_type: str, hide: Collection[str]) -> Passed:
    """Asked again as long as a chat would be; but not with an upload, which is gone by then.

    Nobody takes over: what another deployment says or paints is something else.
    """
    failures = 0
    while True:
        try:
            return await passing.ask(
                by.operation,
                by.candidate.endpoint,
                content,
                content_type,
                patience=PATIENCE,
                pause=settings.CHUNK_TIMEOUT,
                hide=hide,
            )
        except CompletionError as error:
            failures += 1
            wait = again(error, failures)
            if wait is None or not isinstance(content, bytes):
                raise
        await asyncio.sleep(wait)


async def _back(passed: Passed, by: Route, lasting: Lasting) -> AsyncGenerator[bytes, None]:
    """A caller that goes away closes this, and so the connection upstream."""
    try:
        async with aclosing(lasting.each(passed.pieces())) as pieces:
            async for piece in pieces:
                yield piece
    except (CompletionError, ApiError) as error:
        if not passed.content_type.startswith("text/event-stream"):
            raise  # cuts the connection, so that nobody takes the part for the whole
        yield b"data: " + msgspec.json.encode(told(error).body) + b"\n\n"
    finally:
        # A caller that has all it wants goes away: what was spent is written down all the same, or that nobody knows.
        await _note(passed.usage, by)


async def _note(usage: dict[str, Any], by: Route) -> None:
    note = Call.note(Purpose.API, usage, reader=by.reader, deployment=by.candidate.pk)
    await asyncio.shield(note)
