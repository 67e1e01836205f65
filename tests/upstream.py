"""A fake upstream: a real HTTP server on loopback that speaks the chat-completions wire, or breaks it.

    async with FakeUpstream() as upstream:
        upstream.reply("Hel", "lo")

Every request takes the next scripted answer. One that nobody scripted is refused with 418, so that a test
which asks more often than it means to fails.
"""

import asyncio
import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from conversations.completions.endpoints import Endpoint
from tests import recordings
from tests.frames import Answer, Failure, Raw, Reply, Request, Text, Torso, head


@dataclass
class _Gate:
    """How many more pieces of text may be sent before everything waits; None is no limit."""

    allowance: int | None = None

    async def passed(self, frame: bytes) -> None:
        while self.allowance == 0:  # noqa: ASYNC110 - an Event would belong to one loop; tests have two
            await asyncio.sleep(0.002)
        if self.allowance is not None and isinstance(frame, Text):
            self.allowance -= 1


class FakeUpstream:
    """`requests` are those that came, `looks` those that only look whether somebody is there.

    `open` connections now; `gone` clients that left in mid-answer.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[Request] = []
        self.looks: list[Request] = []
        self.open = 0
        self.connections = 0
        self.gone = 0
        self._answers: deque[Answer] = deque()
        self._gate = _Gate()
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.port = 0

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

    @property
    def address(self) -> str:
        return f"{'https://localhost' if self._tls else 'http://127.0.0.1'}:{self.port}"

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

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._serving.values():
            writer.transport.abort()
        await asyncio.gather(*self._serving)

    @classmethod
    @contextmanager
    def threaded(cls) -> Iterator["FakeUpstream"]:
        """The same server on a loop of its own thread, for tests whose clients are other processes."""
        upstream, ready, ending = cls(), threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()

        async def serve() -> None:
            async with upstream:
                ready.set()
                await ending.wait()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())

        thread = threading.Thread(target=run, name="fake upstream", daemon=True)
        thread.start()
        assert ready.wait(10), "the fake upstream did not start"
        try:
            yield upstream
        finally:
            loop.call_soon_threadsafe(ending.set)
            thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        self.open += 1
        self.connections += 1
        left = False
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
            left = True
        finally:
            self.open -= 1
            del self._serving[task]
            writer.transport.abort()
        self.gone += left

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
