"""An httpx transport that answers in this process, on the documented wire, streaming piece by piece."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx

from conversations.completions.offline.persona import reply
from conversations.completions.offline.pieces import Ending, count, ending, pieces

MODEL = "offline"
PACE = 0.012  # seconds between two pieces: about as fast as a fast model


class OfflineTransport(httpx.AsyncBaseTransport):
    """`pace` is the pause between two pieces, in seconds."""

    def __init__(self, pace: float = PACE) -> None:
        self.pace = pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST" or not request.url.path.endswith("/chat/completions"):
            return _error(404, f"There is nothing at {request.url.path}.", code="not_found")
        try:
            asked = json.loads(await request.aread())
        except ValueError:
            return _error(400, "The body is no JSON.")
        if (wrong := _wrong(asked)) is not None:
            return _error(400, f"“{wrong}” is missing or of the wrong type.", param=wrong)
        answer = _Answer(asked)
        if asked.get("stream"):
            headers = {"content-type": "text/event-stream", "x-request-id": answer.id}
            return httpx.Response(200, headers=headers, stream=_Events(answer, self.pace))
        return httpx.Response(200, json=answer.whole(), headers={"x-request-id": answer.id})


class _Answer:
    """What will be said, cut into pieces, with the members that every chunk repeats."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self.created = int(time.time())
        text = reply(asked["messages"])
        stop = asked.get("stop") or []
        limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
        self.ending: Ending = ending(text, [stop] if isinstance(stop, str) else stop, limit)
        self.choices = asked.get("n") or 1
        self.include_usage = bool((asked.get("stream_options") or {}).get("include_usage"))
        prompt = sum(count(_text(each.get("content"))) for each in asked["messages"])
        said = count(self.ending.text) * self.choices
        self.usage = {
            "prompt_tokens": prompt,
            "completion_tokens": said,
            "total_tokens": prompt + said,
        }

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.ending.text}
        choices = [
            {"index": at, "message": message, "finish_reason": self.ending.reason, "logprobs": None}
            for at in range(self.choices)
        ]
        return self._frame("chat.completion", choices) | {"usage": self.usage}

    def chunks(self) -> list[dict[str, Any]]:
        every = range(self.choices)
        deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": piece}, None) for piece in pieces(self.ending.text)]
        deltas += [({}, self.ending.reason)]
        chunks = [
            self._frame(
                "chat.completion.chunk",
                [{"index": at, "delta": delta, "logprobs": None, "finish_reason": reason}],
            )
            for delta, reason in deltas
            for at in every
        ]
        if self.include_usage:
            chunks.append(self._frame("chat.completion.chunk", []) | {"usage": self.usage})
        return chunks

    def _frame(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": MODEL,
            "system_fingerprint": "fp_offline",
            "choices": choices,
        }


class _Events(httpx.AsyncByteStream):
    def __init__(self, answer: _Answer, pace: float) -> None:
        self._answer = answer
        self._pace = pace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._answer.chunks():
            yield b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"
            await asyncio.sleep(self._pace)
        yield b"data: [DONE]\n\n"


def _wrong(asked: Any) -> str | None:
    """The first parameter that is not as documented."""
    if not isinstance(asked, dict):
        return "body"
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages"
    if not all(isinstance(each, dict) and isinstance(each.get("role"), str) for each in messages):
        return "messages"
    stop = asked.get("stop")
    if not (stop is None or isinstance(stop, str | list)):
        return "stop"
    for name in ("n", "max_tokens", "max_completion_tokens"):
        value = asked.get(name)
        if value is not None and (not isinstance(value, int) or not 1 <= value <= 1_000_000):
            return name
    return "n" if (asked.get("n") or 1) > 128 else None


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def _error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> httpx.Response:
    kind = "invalid_request_error"
    error = {"message": message, "type": kind, "param": param, "code": code}
    return httpx.Response(status, json={"error": error})
