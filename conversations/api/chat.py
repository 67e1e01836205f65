"""Chat completions, streamed and whole."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from channels.db import database_sync_to_async
from django.http import JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from conversations.answering import inline
from conversations.api import parameters
from conversations.api.answer import Answer, whole
from conversations.api.door import ApiRequest, door
from conversations.api.errors import told
from conversations.api.models import find_deployment
from conversations.completions.wire import ChatRequest, Chunk, Usage
from conversations.models import ApiKey, Deployment

_encode = msgspec.json.Encoder().encode


@door("chat")
async def chat(request: ApiRequest, deployment: str | None = None) -> HttpResponseBase:
    """`deployment`: by Azure's addresses, in the path; otherwise it is the body's `model`."""
    asked = parameters.read(request.data)
    name = deployment or asked.model
    if not name:
        parameters.wrong("model", "is missing.", code="missing_required_parameter")
    reader = request.key.reader()
    found = await find_deployment(reader, name, model=deployment is None)
    return await answered(asked, request.data, found, request.key)


async def answered(asked: ChatRequest, data: dict[str, Any], found: Deployment, key: ApiKey) -> HttpResponseBase:
    """What `found` answers to `asked`, streamed or whole; `data` is the body that it was read from."""
    documents = await database_sync_to_async(inline.documents)(
        data.get("data_sources"), key.reader(), parameters.intent(data)
    )
    answer = Answer(asked, found, key, documents, kept=not asked.stream)
    if asked.stream:
        return await _streamed(answer)
    async with aclosing(answer.chunks()) as chunks:
        async for _chunk in chunks:
            pass
    return JsonResponse(whole(answer), headers=answer.rate_limits)


async def _streamed(answer: Answer) -> StreamingHttpResponse:
    """Begun when upstream has: what fails before is an answer with a status of its own."""
    chunks = answer.chunks()
    first = await anext(chunks)
    usage = bool((answer.request.stream_options or {}).get("include_usage"))
    headers = {**answer.rate_limits, "Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(
        _events(answer, first, chunks, usage=usage), content_type="text/event-stream; charset=utf-8", headers=headers
    )


async def _events(
    answer: Answer, first: Chunk, chunks: AsyncGenerator[Chunk, None], *, usage: bool
) -> AsyncGenerator[bytes, None]:
    """With `usage` each chunk says that it has none, and one more says what all took."""
    try:
        async with aclosing(chunks):
            yield _event(first, usage)
            async for chunk in chunks:
                yield _event(chunk, usage)
    except Exception as error:
        yield _data(told(error).body)  # without a [DONE]: the answer is not whole
        return
    if usage:
        last = Chunk(id=answer.id, created=answer.created, model=answer.model, usage=answer.usage or Usage())
        yield _data(last)
    yield b"data: [DONE]\n\n"


def _event(chunk: Chunk, usage: bool) -> bytes:
    return _data({**msgspec.to_builtins(chunk), "usage": None} if usage else chunk)


def _data(value: Any) -> bytes:
    return b"data: " + _encode(value) + b"\n\n"
