"""Server-sent events out of bytes, as the WHATWG's HTML standard defines them.

Lines end at CR LF, LF or CR and nowhere else: a model may write U+2028 or U+0085 inside a string, where
str.splitlines would cut. Bytes are UTF-8 whatever charset a header claims.
"""

from dataclasses import dataclass

LARGEST = 4_000_000  # bytes of one event; more than any deployment sends


class TooLarge(ValueError):
    """An event grew over LARGEST; nobody sends such a thing in good faith."""


@dataclass(frozen=True, slots=True)
class Event:
    data: str
    event: str = "message"
    id: str = ""


class Events:
    """Feed bytes as they come; get the events they complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._first = True
        self._after_cr = False
        self._data: list[bytes] = []
        self._event = b""
        self._id = b""
        self._size = 0

    def feed(self, piece: bytes) -> list[Event]:
        """Events completed by `piece`; raises TooLarge."""
        if self._after_cr and piece:
            # The LF of a CR LF that was cut in two ends no line of its own.
            piece = piece[1:] if piece[:1] == b"\n" else piece
            self._after_cr = False
        data = self._rest + piece
        if self._first:
            if len(data) < 3 and b"\xef\xbb\xbf".startswith(data):
                self._rest = data
                return []
            self._first = False
            data = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = data.split(b"\n")
        if len(self._rest) + self._size > LARGEST:
            raise TooLarge(f"One event is larger than {LARGEST:,} bytes.")
        events = []
        for line in lines:
            if line:
                self._field(line)
            elif (event := self._dispatch()) is not None:
                events.append(event)
        return events

    def end(self) -> list[Event]:
        """The last event if its blank line never came: upstreams that close early mean it."""
        line, self._rest = self._rest, b""
        if line:
            self._field(line)
        event = self._dispatch()
        return [event] if event else []

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > LARGEST:
                raise TooLarge(f"One event is larger than {LARGEST:,} bytes.")
        elif name == b"event":
            self._event = value
        elif name == b"id" and b"\0" not in value:
            self._id = value

    def _dispatch(self) -> Event | None:
        data, self._data, self._size = self._data, [], 0
        name, self._event = self._event, b""
        if not data:
            return None
        return Event(
            b"\n".join(data).decode(errors="replace"),
            name.decode(errors="replace") or "message",
            self._id.decode(errors="replace"),
        )
