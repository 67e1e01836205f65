"""A JSON API on a real socket of loopback: what the servers of stores have in common, and how they go wrong."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from tests.frames import head


class Refusal(Exception):
    """What a server answers instead: a status and its body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(status))
        self.status, self.body = status, body


@dataclass
class Asked:
    """A request as it came; `query` has one value a name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    json: Any = None
    raw: bytes = field(default=b"", repr=False)


@dataclass
class Instead:
    """Bytes to answer with, whatever is asked; `silent`: nothing at all."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


def members(given: dict[str, Any], allowed: set[str], where: str, refuse: Any) -> None:
    """Refuses what the documentation does not know, as the services do."""
    if unknown := sorted(set(given) - allowed):
        raise refuse(f"{where} has no member {unknown[0]}")


class Server:
    """`requests` are those that came; `instead` replaces every answer; `open` connections now."""

    headers: dict[str, str] = {"Content-Type": "application/json; charset=utf-8"}

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.instead: Instead | None = None
        self.port = 0
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def answer(self, asked: Asked) -> Any:
        """The JSON that answers; raises Refusal."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def open(self) -> int:
        return len(self._serving)

    async def left(self) -> None:
        """Returns when no client is connected any more."""
        async with asyncio.timeout(5):
            while self._serving:  # noqa: ASYNC110 - nothing else to wait for
                await asyncio.sleep(0.005)

    async def asked(self) -> None:
        """Returns when a request has come."""
        async with asyncio.timeout(5):
            while not self.requests:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.005)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._serving.values()):
            writer.transport.abort()
        await asyncio.gather(*self._serving)

    @contextmanager
    def threaded(self) -> Iterator[Self]:
        """On a loop of a thread of its own, for tests whose clients are other processes."""
        ready, ending, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

        async def serve() -> None:
            async with self:
                ready.set()
                await ending.wait()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())

        thread = threading.Thread(target=run, name="a store", daemon=True)
        thread.start()
        assert ready.wait(10), "the store did not start"
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(ending.set)
            thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    written = await self.converse(reader)
                    if self.instead and self.instead.silent:
                        await reader.read(1)  # until the client leaves
                        break
                    writer.write(written)
                    await writer.drain()
        finally:
            del self._serving[task]
            writer.transport.abort()

    async def converse(self, reader: asyncio.StreamReader) -> bytes:
        """Read a request, and return the bytes that answer it."""
        asked = await _read(reader)
        self.requests.append(asked)
        return self._answered(asked)

    def _answered(self, asked: Asked) -> bytes:
        if self.instead:
            given = self.instead
            return head(given.status, {**self.headers, **given.headers}, len(given.body)) + given.body
        status = 200
        try:
            said = self.answer(asked)
        except Refusal as refusal:
            status, said = refusal.status, refusal.body
        body = json.dumps(said).encode()
        return head(status, self.headers, len(body)) + (b"" if asked.method == "HEAD" else body)


async def _read(reader: asyncio.StreamReader) -> Asked:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    query = dict(each.split("=", 1) if "=" in each else (each, "") for each in parts.query.split("&") if each)
    query = {unquote(name): unquote(text) for name, text in query.items()}
    return Asked(method, unquote(parts.path), query, headers, json.loads(body) if body else None, body)
