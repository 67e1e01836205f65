"""Passes an operation on to a deployment, piece by piece both ways, and reads what it cost as it goes by.

The request is made anew: nothing of the caller's headers goes upstream, and of the response's only what says how to
read the body comes back, and what is left of limits.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterable, Collection
from typing import Any

import msgspec

from conversations.completions import headers, identity, net
from conversations.completions.client import refused
from conversations.completions.endpoints import Endpoint, kind, signed_in
from conversations.completions.errors import NotAStream, TimedOut

CONTENT = re.compile(r"(audio/[\w.+-]+|application/(json|octet-stream|x-subrip)|text/(plain|vtt|event-stream))\s*(;|$)")
SEEN = 16_000  # bytes at the beginning and at the end of a body that usage is looked for in
USAGE = re.compile(rb'(?<!\\)"usage"\s*:\s*(?=\{)')
NAMES = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}  # the wire's, and those of media


class Passed:
    """A response on its way back. `pieces` once; `usage` afterwards."""

    def __init__(self, response: net.Response, pause: float) -> None:
        self._response = response
        self._pause = pause
        self._begin, self._end = b"", b""
        self.content_type = response.headers.get("content-type", "application/octet-stream")
        self.facts = headers.facts(response.headers)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body, a network read each; closing this closes the connection. Raises TimedOut or BrokenOff."""
        try:
            while True:
                try:
                    async with asyncio.timeout(self._pause):
                        piece = await self._response.read()
                except TimeoutError as error:
                    raise TimedOut(f"Nothing more within {self._pause:g} seconds.", phase="chunk") from error
                if piece is None:
                    return
                self._see(piece)
                yield piece
        finally:
            await self._response.aclose()

    async def aclose(self) -> None:
        await self._response.aclose()

    @property
    def usage(self) -> dict[str, Any]:
        """What the body said about tokens, in chat completions' names; empty if it said nothing that was seen."""
        seen = self._begin + self._end
        found: dict[str, Any] = {}
        for each in USAGE.finditer(seen):
            found = _object(seen[each.end() :]) or found
        return {name: found.get(name, found.get(other, 0)) for name, other in NAMES.items()} if found else {}

    def _see(self, piece: bytes) -> None:
        if not self.content_type.startswith(("application/json", "text/event-stream")):
            return
        room = SEEN - len(self._begin)
        self._begin += piece[:room]
        self._end = (self._end + piece[room:])[-SEEN:]


async def ask(
    operation: str,
    endpoint: Endpoint,
    content: bytes | AsyncIterable[bytes],
    content_type: str,
    *,
    patience: float,
    pause: float,
    hide: Collection[str] = (),
) -> Passed:
    """Send `content` to `endpoint`, and wait `patience` seconds for an answer that is none of an error.

    `pause`: seconds between two pieces of it. `hide`: what was asked, which errors do not repeat.
    Raises CompletionError.
    """
    wire = kind(endpoint.kind)
    try:
        async with asyncio.timeout(patience):
            endpoint = await signed_in(endpoint)
            sent = {**wire.headers(endpoint), "Content-Type": content_type, "Accept": "*/*"}
            response = await net.send(wire.url(endpoint, operation), sent, content, transport=wire.transport)
    except TimeoutError as error:
        raise TimedOut(f"No answer within {patience:g} seconds.", phase="first_token") from error
    try:
        if response.status == 401:
            identity.forget(endpoint.identity)
        if response.status != 200:
            raise await refused(response, [*endpoint.secrets, *hide])
        passed = Passed(response, pause)
        if not CONTENT.match(passed.content_type.lower()):
            raise NotAStream("The deployment answered with something that is neither JSON, text nor audio.")
        return passed
    except BaseException:
        await response.aclose()
        raise


def _object(text: bytes) -> dict[str, Any] | None:
    """The JSON object that `text` begins with."""
    depth = 0
    for at, byte in enumerate(text[:2000]):
        depth += (byte == ord("{")) - (byte == ord("}"))
        if not depth:
            try:
                found = msgspec.json.decode(text[: at + 1])
            except msgspec.DecodeError:
                return None
            return found if isinstance(found, dict) else None
    return None
