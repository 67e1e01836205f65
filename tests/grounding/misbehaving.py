"""The offline deployment misbehaving as models do. It lives with the tests: no setting of the product leads here."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from conversations.completions.fence import passages
from conversations.completions.offline.persona import reply
from conversations.completions.offline.transport import OfflineTransport


class CitesWrongly(OfflineTransport):
    """Says the right thing and cites the next document."""

    def __init__(self) -> None:
        super().__init__(pace=0)

    @staticmethod
    def say(messages: list[dict[str, Any]]) -> str:
        count = len(passages(messages[0]["content"]) or ())
        return re.sub(r"\[doc([1-9]\d*)\]", lambda found: f"[doc{int(found[1]) % count + 1}]", reply(messages))


class Invents(CitesWrongly):
    @staticmethod
    def say(messages: list[dict[str, Any]]) -> str:
        return reply(messages) + " It is also tax-free [doc99], as the law says 【99†law】."


class Obeys(CitesWrongly):
    """Does what a document tells it: a link under a marker's name, and an image."""

    @staticmethod
    def say(messages: list[dict[str, Any]]) -> str:
        link = "[doc1](http://evil.test) ![doc2](http://evil.test/x.png)\n\n[doc1]: http://evil.test"
        return f"{link}\n{reply(messages)}"


class BreaksOff(CitesWrongly):
    """The connection ends in the middle of the answer, before the marker's last character."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        return httpx.Response(200, headers=response.headers, stream=_Cut(response.stream))


class Stalls(CitesWrongly):
    """The same, but it stays open and silent."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        return httpx.Response(200, headers=response.headers, stream=_Cut(response.stream, silent=True))


class _Cut(httpx.AsyncByteStream):
    def __init__(self, stream: Any, *, silent: bool = False) -> None:
        self._stream, self._silent = stream, silent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            if b'"]"' in piece or b']"' in piece:
                break
            yield piece
        if self._silent:
            await asyncio.sleep(3600)
