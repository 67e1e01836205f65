"""A multipart form read piece by piece, and written again as it goes by: its file is never in memory as a whole.

Fields may stand before the file and after it. What is needed of those after it before the file can go on is found by
putting the file aside, on disk.
"""

import asyncio
import secrets
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import IO

LARGEST_HEAD = 8_000  # bytes of one part's headers
LARGEST_FIELDS = 256_000  # bytes of all fields together
MOST_FIELDS = 100
SLICE = 64 * 1024  # bytes of a file that was put aside, a read


class Malformed(ValueError):
    """What came is no such form; str() says why."""


class TooLarge(ValueError):
    """The file is larger than it may be."""


@dataclass(frozen=True)
class Part:
    """The beginning of one; `filename` is None for a field."""

    name: str
    filename: str | None = None
    content_type: str = ""


Event = Part | bytes


class Parser:
    """Bytes in, parts and their content out. `ended` once the last boundary has come."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._rest = b"\r\n"  # so that the first boundary looks like the others
        self._step: Callable[[], Event | None] = self._preamble
        self.ended = False

    def feed(self, data: bytes) -> Iterator[Event]:
        self._rest += data
        while not self.ended:
            before = self._step, len(self._rest)
            found = self._step()
            if found:
                yield found
            if before == (self._step, len(self._rest)):
                return

    def _preamble(self) -> Event | None:
        self._content()  # whatever stands before the first boundary is no part
        return None

    def _content(self) -> Event | None:
        at = self._rest.find(self._delimiter)
        if at < 0:  # all but what may be the beginning of a boundary
            at = max(0, len(self._rest) - len(self._delimiter) + 1)
            content, self._rest = self._rest[:at], self._rest[at:]
        else:
            content, self._rest = self._rest[:at], self._rest[at + len(self._delimiter) :]
            self._step = self._boundary
        return content

    def _boundary(self) -> Event | None:
        if self._rest.startswith(b"--"):
            self.ended = True
        elif self._rest.startswith(b"\r\n"):
            self._step = self._head  # it keeps the line's end: a part may have no headers
        elif len(self._rest) >= 2:
            raise Malformed("something follows a boundary that is no new line")
        return None

    def _head(self) -> Event | None:
        head, found, rest = self._rest.partition(b"\r\n\r\n")
        if not found:
            if len(self._rest) > LARGEST_HEAD:
                raise Malformed("the headers of a part are too long")
            return None
        self._rest, self._step = rest, self._content
        return _part(head)


def _part(head: bytes) -> Part:
    said = HeaderParser().parsestr(head.decode(errors="replace").lstrip())
    name = said.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise Malformed("a part has no name")
    return Part(name, said.get_filename(), said.get("content-type", ""))


class Form:
    """One file and some fields, from `pieces` of a body; `fields` has those that have come.

    Reading raises Malformed, or TooLarge for a file of more than `largest` bytes.
    """

    def __init__(self, pieces: AsyncIterator[bytes], boundary: bytes, *, largest: int) -> None:
        self._pieces = pieces
        self._parser = Parser(boundary)
        self._events: deque[Event] = deque()
        self._largest = largest
        self._values: list[tuple[str, bytearray]] = []
        self._aside: IO[bytes] | None = None
        self.file: Part | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [(name, value.decode(errors="replace")) for name, value in self._values]

    async def begin(self) -> None:
        """Read up to the file's first byte, or to the end if there is none."""
        while (event := await self._next()) is not None:
            if isinstance(event, bytes):
                self._grow(event)
            elif event.filename is None:
                self._values.append((event.name, bytearray()))
                self._limit()
            elif self.file:
                raise Malformed("there is more than one file in it")
            else:
                self.file = event
                return

    async def put_aside(self) -> None:
        """Read to the end; the file waits on disk."""
        self._aside = aside = await asyncio.to_thread(tempfile.TemporaryFile)
        async for piece in self._content():
            await asyncio.to_thread(aside.write, piece)
        await asyncio.to_thread(aside.seek, 0)

    async def content(self) -> AsyncGenerator[bytes, None]:
        """The file; the fields after it have come when it ends."""
        if (aside := self._aside) is None:
            async for piece in self._content():
                yield piece
        else:
            while piece := await asyncio.to_thread(aside.read, SLICE):
                yield piece

    def close(self) -> None:
        """Forget what was put aside."""
        if self._aside:
            self._aside.close()

    async def _content(self) -> AsyncGenerator[bytes, None]:
        size = 0
        while isinstance(event := await self._next(), bytes):
            size += len(event)
            if size > self._largest:
                raise TooLarge
            yield event
        if event is not None:
            self._events.appendleft(event)
        await self.begin()

    async def _next(self) -> Event | None:
        """The next event, None at the end; raises Malformed if the body ends before its last boundary."""
        while not self._events:
            if self._parser.ended:
                return None
            piece = await anext(self._pieces, None)
            if piece is None:
                raise Malformed("it ends in the middle")
            self._events.extend(self._parser.feed(piece))
        return self._events.popleft()

    def _grow(self, more: bytes) -> None:
        self._values[-1][1].extend(more)  # content always follows a part
        self._limit()

    def _limit(self) -> None:
        size = sum(len(name) + len(value) for name, value in self._values)
        if size > LARGEST_FIELDS or len(self._values) > MOST_FIELDS:
            raise Malformed(f"it has more than {MOST_FIELDS} fields, or they have more than {LARGEST_FIELDS:,} bytes")


class Writer:
    """A form of `fields` and one file, with a boundary that nobody can guess."""

    def __init__(self) -> None:
        self._boundary = f"chatapp-{secrets.token_hex(16)}"

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    def fields(self, fields: Iterable[tuple[str, str]]) -> bytes:
        return b"".join(self._head(name) + text.encode() + b"\r\n" for name, text in fields)

    def file(self, part: Part) -> bytes:
        """Its head: the content follows, then a line's end."""
        return self._head(part.name, part.filename, part.content_type or "application/octet-stream")

    def end(self) -> bytes:
        return f"--{self._boundary}--\r\n".encode()

    def _head(self, name: str, filename: str | None = None, content_type: str = "") -> bytes:
        lines = [f"--{self._boundary}", f'Content-Disposition: form-data; name="{_quoted(name)}"']
        if filename is not None:
            lines[1] += f'; filename="{_quoted(filename)}"'
        if content_type:
            lines.append(f"Content-Type: {_line(content_type)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _quoted(text: str) -> str:
    """As browsers write it: nothing can end the quotes or the line."""
    return _line(text).replace('"', "%22")


def _line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
