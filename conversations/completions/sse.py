"""Server-sent events out of bytes, as the WHATWG's HTML standard defines them.

Lines end at CR LF, LF or CR and nowhere else: a model may write U+2028 or U+0085 inside a string, where
str.splitlines would cut. Bytes are UTF-8 whatever charset a header claims.
"""

from msgspec import Struct

LARGEST = 4_000_000  # bytes of one event; more than any deployment sends


class TooLarge(ValueError):
    """An event grew over LARGEST; nobody sends such a thing in good faith."""


class Event(Struct, frozen=True):
    data: str
    event: str = "message"
    id: str = ""


class Events:
    """Feed bytes as they come; get the events they complete, the same ones however the bytes were cut."""

    def __init__(self) -> None:
        self._rest = bytearray()  # the line that has no end yet
        self._first = True
        self._after_cr = False
        self._too_large = False
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._id = ""

    def feed(self, piece: bytes) -> list[Event]:
        """Events completed by `piece`. Raises TooLarge, after what came before it was given."""
        self._check()
        if self._after_cr and piece:
            # The LF of a CR LF that was cut in two ends no line of its own.
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in piece:
            self._after_cr = piece.endswith(b"\r")
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = piece.rfind(b"\n") + 1
        if not end:
            self._rest += piece
            self._too_large = len(self._rest) + self._size > LARGEST
            return []
        lines = bytes(self._rest) + piece[:end]
        self._rest = bytearray(piece[end:])
        return self._lines(lines)

    def end(self) -> list[Event]:
        """The last event if its blank line never came: upstreams that close early mean it."""
        self._check()
        rest, self._rest = bytes(self._rest), bytearray()
        return self._lines(rest + b"\n\n")

    def _check(self) -> None:
        if self._too_large:
            raise TooLarge(f"One event is larger than {LARGEST:,} bytes.")

    def _lines(self, block: bytes) -> list[Event]:
        # Whole lines are decoded at once: no UTF-8 sequence reaches across a line's end.
        text = block.decode(errors="replace")
        if self._first:
            self._first = False
            text = text.removeprefix("\ufeff")
        events: list[Event] = []
        for line in text.removesuffix("\n").split("\n"):
            if line.startswith("data:"):
                self._data.append(line[6:] if line.startswith("data: ") else line[5:])
                self._size += len(line)
                if self._size > LARGEST:
                    self._too_large = True
                    break
            elif line:
                self._field(line)
            else:
                if self._data:
                    events.append(Event("\n".join(self._data), self._event or "message", self._id))
                self._data, self._size, self._event = [], 0, ""
        return events

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "data":  # without a colon: a line of data that is empty
            self._data.append("")
            self._size += 1
            self._too_large = self._size > LARGEST
