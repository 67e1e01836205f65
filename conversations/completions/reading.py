"""From the bytes of a 200 to chunks, and the judgement whether what came was an answer at all."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from conversations.completions.decoding import Decoder, loads
from conversations.completions.errors import BrokenOff, NotAStream
from conversations.completions.refusals import refusal
from conversations.completions.sse import Event, Events, TooLarge
from conversations.completions.wire import Choice, Chunk

LARGEST_BODY = 8_000_000  # bytes of an answer that is not streamed
BOM = b"\xef\xbb\xbf"
HTML = "The answer is an HTML page. Is the endpoint the API's base URL?"


class Reading:
    """Feed network reads; get chunks. What it is shows in its first character: headers are often wrong.

    `began`: a piece of a completion came. `token`: a piece of its text. `finished`: every choice that began
    has its finish_reason, so nothing that follows can spoil the answer. `done`: [DONE] came.
    """

    def __init__(self, hide: Collection[str] = ()) -> None:
        self.began = self.token = self.finished = self.done = False
        self._hide = hide
        self._decoder = Decoder()
        self._events: Events | None = None
        self._json: bytearray | None = None
        self._start = b""
        self._open: set[int] = set()  # indices of choices that have begun
        self._ended: set[int] = set()

    def feed(self, piece: bytes) -> Iterator[Chunk]:
        """Chunks that `piece` completes; raises NotAStream, BrokenOff or a Refused from inside the stream."""
        if self._events is None and self._json is None:
            piece = self._tell(piece)
        if self._events is not None:
            yield from self._chunks(lambda events: events.feed(piece))
        elif self._json is not None:
            self._json += piece
            if len(self._json) > LARGEST_BODY:
                raise NotAStream(f"The answer is larger than {LARGEST_BODY:,} bytes.")

    def end(self) -> Iterator[Chunk]:
        """What is left at the end of the body; raises if the answer never came, or never ended."""
        if self._json is not None:
            yield from self._whole(bytes(self._json))
        elif self._events is not None and not self.done:
            yield from self._chunks(lambda events: events.end())
        self.check()

    def check(self) -> None:
        """Raises BrokenOff or NotAStream if what came is no whole answer."""
        if self.finished:
            return
        if self.began:
            raise BrokenOff("The stream ended without a finish_reason.")
        what = "no stream of chat completions" if self._events else "empty"
        raise NotAStream(f"The answer is {what}.")

    def _tell(self, piece: bytes) -> bytes:
        """Events, JSON or HTML? Returns what is to be read as such; blank space says nothing yet."""
        piece = self._start + piece
        if len(piece) < len(BOM) and BOM.startswith(piece):
            self._start = piece
            return b""
        piece = piece.removeprefix(BOM).lstrip()
        self._start = b""
        if piece.startswith(b"<"):
            raise NotAStream(HTML)
        if piece.startswith((b"{", b"[")):
            self._json = bytearray()
        elif piece:
            self._events = Events()
        return piece

    def _chunks(self, step: Callable[[Events], list[Event]]) -> Iterator[Chunk]:
        assert self._events is not None
        try:
            events = step(self._events)
        except TooLarge as error:
            if self.finished:
                return
            raise self._no(str(error)) from error
        for event in events:
            if event.data.strip() == "[DONE]":
                self.done = True
                return
            if event.event == "error":
                raise refusal(None, self._error(event.data), hide=self._hide)
            if event.data and (chunk := self._chunk(event.data)) is not None:
                yield chunk

    def _chunk(self, data: str) -> Chunk | None:
        """The chunk, or None for an event that is something else, such as a ping."""
        try:
            chunk = self._decoder.decode(data)
        except (ValueError, RecursionError) as error:
            if self.finished:
                return None
            raise self._no("An event of the stream is no JSON object.") from error
        if chunk.error or chunk.object == "error":
            raise refusal(None, self._error(data), hide=self._hide)
        if not (chunk.choices or chunk.usage or chunk.prompt_filter_results):
            return None
        self.began = True
        for choice in chunk.choices:
            self._note(choice)
        return chunk

    def _note(self, choice: Choice) -> None:
        index = choice.index
        if index not in self._open and index not in self._ended:
            self._open.add(index)
            self.finished = False
        if choice.finish_reason:
            self._open.discard(index)
            self._ended.add(index)
            self.finished = not self._open
        self.token = self.token or bool(choice.delta and choice.delta.speaks)

    def _whole(self, data: bytes) -> Iterator[Chunk]:
        """A `chat.completion` that was not streamed, as one chunk."""
        chunk = self._chunk(data.decode(errors="replace"))
        if chunk is None or not chunk.choices:
            raise NotAStream("The answer is JSON, but no chat completion.")
        chunk.object = "chat.completion.chunk"
        for choice in chunk.choices:
            choice.delta, choice.message = choice.message or choice.delta, None
        yield chunk

    def _no(self, why: str) -> NotAStream | BrokenOff:
        return BrokenOff(why) if self.began else NotAStream(why)

    @staticmethod
    def _error(data: str) -> Any:
        try:
            return loads(data)
        except (ValueError, RecursionError):
            return data
