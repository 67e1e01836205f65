"""A fake upstream: a real HTTP server on loopback that speaks the chat-completions wire, or breaks it.

    async with FakeUpstream() as upstream:
        upstream.reply("Hel", "lo")

Every request takes the next scripted answer. One that nobody scripted is refused with 418, so that a test
which asks more often than it means to fails.
"""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from conversations.completions.endpoints import Endpoint
from tests import recordings
from tests.frames import Answer, Failure, Raw, Reply, Request, Text, Torso, head
from tests.loopback import Loopback


@dataclass
class _Gate:
    """How many more pieces of text may be sent before everything waits; None is no limit."""

    allowance: int | None = None

    async def passed(self, frame: bytes) -> None:
        while self.allowance == 0:  # noqa: ASYNC110 - an Event would belong to one loop; tests have two
            await asyncio.sleep(0.002)
        if self.allowance is not None and isinstance(frame, Text):
            self.allowance -= 1


class FakeUpstream(Loopback):
    """`requests` are those that came, `looks` those that only look whether somebody is there.

    `gone`: clients that left in mid-answer.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.requests: list[Request] = []
        self.looks: list[Request] = []
        self.connections = 0
        self.gone = 0
        self._answers: deque[Answer] = deque()
        self._gate = _Gate()

    # --- the script -----------------------------------------------------------------------------

    def reply(self, *pieces: str, finish_reason: str = "stop", **options: Any) -> Self:
        """A good answer, one delta per piece. `options`: see frames.Reply."""
        return self._next(Reply(pieces, finish_reason=finish_reason, **options))

    def stream(self, name: str, *, cut: int | None = None) -> Self:
        """The recording tests/streams/<name>.sse, in writes of `cut` bytes (None: in one)."""
        recording = recordings.load(name)
        size = cut or max(len(recording.data), 1)
        pieces = [recording.data[at : at + size] for at in range(0, len(recording.data), size)]
        return self._next(Raw(pieces, {"Content-Type": recording.content_type}))

    def raw(self, *pieces: bytes | float, **headers: str) -> Self:
        """Bytes as they are; a float is a pause, in seconds. `headers` with _ for -."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._next(Raw(list(pieces), {"Content-Type": "text/event-stream", **given}))

    def fail(
        self,
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        message: str = "The fake upstream was told to fail.",
        code: str | None = None,
        silent: bool = False,
    ) -> Self:
        """An error; `body` replaces the documented shape (a str is sent as it is). `silent`: only its headers."""
        error = {"message": message, "type": "error", "param": None, "code": code}
        content = {"error": error} if body is None else body
        return self._next(Failure(status, dict(headers or {}), content, "silence" if silent else "next"))

    def json(self, body: Any, status: int = 200) -> Self:
        """Any other answer than one of chat completions."""
        return self._next(Failure(status, {}, body))

    def html(self, status: int = 200) -> Self:
        page = "<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>"
        return self._next(Failure(status, {"Content-Type": "text/html"}, page))

    def stall(self, *pieces: str) -> Self:
        """`pieces` and then silence; without any, silence from the start, headers included."""
        return self._next(Torso(pieces, after="silence"))

    def break_off(self, *pieces: str, after: int | None = None) -> Self:
        """The first `after` of `pieces` and then the connection is cut; by default before the first byte."""
        if after is not None:
            pieces = (pieces or ("Hel", "lo", ", ", "wor", "ld"))[:after]
        return self._next(Torso(pieces))

    def pause(self, *, after: int = 0) -> None:
        """Hold back what follows the next `after` pieces of text, until `resume`."""
        self._gate.allowance = after

    def resume(self) -> None:
        self._gate.allowance = None

    def _next(self, answer: Answer) -> Self:
        self._answers.append(answer)
        return self

    # --- what happened --------------------------------------------------------------------------

    def endpoint(self, kind: str = "openai", **fields: Any) -> Endpoint:
        """An endpoint that leads here."""
        address = f"{self.address}/v1" if kind == "openai" else self.address
        given = {"address": address, "model": "gpt-4o", "key": "sk-test", "api_version": "2024-10-21"}
        return Endpoint(kind=kind, **{**given, **fields})

    async def closed(self, *, within: float, clients: int = 1) -> bool:
        """Whether so many clients leave in mid-answer before `within` seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.gone < clients:  # noqa: ASYNC110 - the same
                    await asyncio.sleep(0.005)
        return self.gone >= clients

    # --- the server -----------------------------------------------------------------------------

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (request := await _read(reader)) is not None:
                if request.method == "HEAD":  # somebody looks whether we are there: no answer is used up for that
                    self.looks.append(request)
                    writer.write(head(405, {}, 0))
                    continue
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone += 1

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send the next answer; True if the connection can be used again. Notices a client that leaves."""
        answer = self._answers.popleft() if self._answers else Failure(418, {}, "Nothing was scripted.")
        sending = asyncio.ensure_future(self._send(answer, request, writer))
        # The client has no reason to say anything before it has its answer: whatever is read is its leaving.
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise ConnectionAbortedError("The client left in mid-answer.")
            return sending.result()
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, answer: Answer, request: Request, writer: asyncio.StreamWriter) -> bool:
        begun = False
        for frame in answer.frames(request):
            if isinstance(frame, float | int):
                await asyncio.sleep(frame)
                continue
            begun = begun or isinstance(frame, Text)
            if begun:
                await self._gate.passed(frame)
            writer.write(frame)
            await writer.drain()
        if answer.after == "silence":
            await asyncio.Event().wait()
        return answer.after == "next"


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request on this connection, or None if the client is done with it."""
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    plain = headers.get("content-type", "").startswith("application/json")
    return Request(method, path, query, headers, body, json.loads(body) if body and plain else None)
