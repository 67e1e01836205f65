"""What the fake upstream sends: answers as the documented wire has them, and the ways in which they go wrong.

Written from the wire's reference with plain dictionaries, on purpose without the product's own wire types: a
mistake in those must not be made here too.
"""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Protocol

SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    json: Any

    @property
    def azure(self) -> bool:
        return self.path.startswith("/openai/deployments/")


class Text(bytes):
    """A write with a piece of the answer in it: what FakeUpstream.pause counts."""


After = Literal["next", "cut", "silence"]


class Answer(Protocol):
    @property
    def after(self) -> After:
        """What follows: the next request on the connection, its end, or nothing at all."""

    def frames(self, request: Request) -> Iterator[bytes | float]:
        """Bytes to write, one after the other; a number is a pause, in seconds."""


def head(status: int, headers: dict[str, str], length: int | None) -> bytes:
    """Status line and headers; without a `length` the body is chunked."""
    size = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
    lines = [f"{name}: {value}" for name, value in {**headers, **size}.items()]
    reason = HTTPStatus(status).phrase if status in list(HTTPStatus) else "Unknown"
    return "\r\n".join([f"HTTP/1.1 {status} {reason}", *lines, "", ""]).encode("latin-1")


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


def event(value: Any) -> bytes:
    return chunked(b"data: " + json.dumps(value).encode() + b"\n\n")


@dataclass(frozen=True)
class Reply:
    """A good answer: frames with role, pieces, finish_reason and, if asked for, usage; then [DONE]."""

    pieces: Sequence[str]
    finish_reason: str = "stop"
    model: str = "gpt-4o-2024-08-06"
    prompt_tokens: int = 7
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0  # seconds before each piece
    silent_after: str = ""  # "finish_reason" or "[DONE]": nothing follows, and the connection stays open

    @property
    def after(self) -> After:
        return "silence" if self.silent_after else "next"

    def frames(self, request: Request) -> Iterator[bytes | float]:
        if request.path.rpartition("/chat/")[2] != "completions":
            yield from Failure(404, {}, {"error": {"message": "Not found", "code": "404"}}).frames(request)
        elif not (request.json or {}).get("stream"):
            yield from self._whole()
        else:
            yield from self.opening(request)
            yield from self.deltas(request)
            yield from self._ending(request)

    def opening(self, request: Request) -> Iterator[bytes]:
        facts = {"Content-Type": "text/event-stream; charset=utf-8", "x-request-id": "req-1", **self.headers}
        yield head(200, facts, None)
        if request.azure:
            results = [{"prompt_index": 0, "content_filter_results": SAFE}]
            yield event(
                {
                    "id": "",
                    "object": "",
                    "created": 0,
                    "model": "",
                    "choices": [],
                    "prompt_filter_results": results,
                }
            )

    def deltas(self, request: Request) -> Iterator[bytes | float]:
        shared = self._shared("chat.completion.chunk", request)
        yield event(shared | self._choice({"role": "assistant", "content": "", "refusal": None}))
        for piece in self.pieces:
            yield self.pause
            yield Text(event(shared | self._choice({"content": piece})))

    def _ending(self, request: Request) -> Iterator[bytes]:
        shared = self._shared("chat.completion.chunk", request)
        yield event(shared | self._choice({}, self.finish_reason))
        if self.silent_after == "finish_reason":
            return
        if "usage" in shared:
            yield event(shared | {"choices": [], "usage": self._usage()})
        yield chunked(b"data: [DONE]\n\n") + (b"" if self.silent_after else b"0\r\n\r\n")

    def _shared(self, kind: str, request: Request) -> dict[str, Any]:
        members: dict[str, Any] = {
            "id": f"chatcmpl-{uuid.uuid5(uuid.NAMESPACE_OID, repr(self.pieces)).hex}",
            "object": kind,
            "created": int(time.time()),
            "model": self.model,
            "system_fingerprint": "fp_fake",
        }
        if (request.json.get("stream_options") or {}).get("include_usage"):
            members["usage"] = None
        return members

    def _choice(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {"choices": [choice]}

    def _usage(self) -> dict[str, int]:
        said = len(self.pieces)
        total = self.prompt_tokens + said
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": said, "total_tokens": total}

    def _whole(self) -> Iterator[bytes]:
        message = {"role": "assistant", "content": "".join(self.pieces), "refusal": None}
        answer = {
            "id": "chatcmpl-whole",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}],
            "usage": self._usage(),
        }
        body = json.dumps(answer).encode()
        yield head(200, {"Content-Type": "application/json"}, len(body)) + body


@dataclass(frozen=True)
class Torso:
    """Some pieces, and then the connection is cut, or silent. Without any not even headers come."""

    pieces: Sequence[str]
    after: After = "cut"

    def frames(self, request: Request) -> Iterator[bytes | float]:
        if self.pieces:
            reply = Reply(self.pieces)
            yield from reply.opening(request)
            yield from reply.deltas(request)


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, one write each, with pauses between them, and a clean end of the body."""

    pieces: Sequence[bytes | float]
    headers: dict[str, str]
    after: After = "next"

    def frames(self, request: Request) -> Iterator[bytes | float]:
        yield head(200, self.headers, None)
        for piece in self.pieces:
            yield piece if isinstance(piece, float) else Text(chunked(piece))
        yield b"0\r\n\r\n"


@dataclass(frozen=True)
class Failure:
    """A status with a body: JSON of anything, or text as it is."""

    status: int
    headers: dict[str, str]
    content: Any
    after: After = "next"

    def frames(self, request: Request) -> Iterator[bytes | float]:
        text = self.content if isinstance(self.content, str) else json.dumps(self.content)
        kind = "text/plain" if isinstance(self.content, str) else "application/json"
        body = text.encode()
        start = head(self.status, {"Content-Type": kind, **self.headers}, len(body))
        yield start if self.after == "silence" else start + body
