"""Servers of stores on a real socket of loopback: what they have in common, and how they go wrong."""

import asyncio
import json
from abc import abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.frames import head
from tests.loopback import Loopback


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


class Server(Loopback):
    """`requests` are those that came; `instead` replaces every answer."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Asked] = []
        self.instead: Instead | None = None

    @abstractmethod
    async def converse(self, reader: asyncio.StreamReader) -> bytes:
        """Read a request, and return the bytes that answer it."""

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

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                written = await self.converse(reader)
                if self.instead and self.instead.silent:
                    await reader.read(1)  # until the client leaves
                    break
                writer.write(written)
                await writer.drain()


class JsonServer(Server):
    """One that speaks JSON over HTTP."""

    headers: dict[str, str] = {"Content-Type": "application/json; charset=utf-8"}

    @abstractmethod
    def answer(self, asked: Asked) -> Any:
        """The JSON that answers; raises Refusal."""

    async def converse(self, reader: asyncio.StreamReader) -> bytes:
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
