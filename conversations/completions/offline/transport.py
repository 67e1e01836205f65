"""An httpx transport that answers in this process, on the documented wire, streaming piece by piece."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from conversations.completions.offline.answer import MODEL, Answer, Say
from conversations.completions.offline.asked import wrong
from conversations.completions.offline.persona import reply
from conversations.completions.offline.structured import NoSchema
from conversations.completions.offline.vectors import embeddings

PACE = 0.012  # seconds between two pieces: about as fast as a fast model
MODELS = {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "chatapp"}]}


class OfflineTransport(httpx.AsyncBaseTransport):
    """`pace` is the pause between two pieces, in seconds."""

    say: Say = staticmethod(reply)

    def __init__(self, pace: float = PACE) -> None:
        self.pace = pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "GET" and path.endswith("/models"):
            return httpx.Response(200, json=MODELS)
        if request.method != "POST" or not path.endswith(("/chat/completions", "/embeddings")):
            return _error(404, f"There is nothing at {path}.", code="not_found")
        try:
            asked = json.loads(await request.aread())
        except ValueError:
            return _error(400, "The body is no JSON.")
        return self._completion(asked) if path.endswith("/completions") else _embeddings(asked)

    def _completion(self, asked: Any) -> httpx.Response:
        if (parameter := wrong(asked)) is not None:
            return _error(400, f"“{parameter}” is missing or of the wrong type.", param=parameter)
        try:
            answer = Answer(asked, self.say)
        except NoSchema as error:
            return _error(400, f"The schema in “{error}” is none that can be filled.", param=str(error))
        if asked.get("stream"):
            headers = {"content-type": "text/event-stream", "x-request-id": answer.id}
            return httpx.Response(200, headers=headers, stream=_Events(answer, self.pace))
        return httpx.Response(200, json=answer.whole(), headers={"x-request-id": answer.id})


class _Events(httpx.AsyncByteStream):
    def __init__(self, answer: Answer, pace: float) -> None:
        self._answer = answer
        self._pace = pace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._answer.chunks():
            yield b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"
            await asyncio.sleep(self._pace)
        yield b"data: [DONE]\n\n"


def _embeddings(asked: Any) -> httpx.Response:
    found = embeddings(asked)
    if found is None:
        return _error(400, "“input” or “dimensions” is missing or of the wrong type.", param="input")
    return httpx.Response(200, json=found)


def _error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> httpx.Response:
    kind = "invalid_request_error"
    error = {"message": message, "type": kind, "param": param, "code": code}
    return httpx.Response(status, json={"error": error})
