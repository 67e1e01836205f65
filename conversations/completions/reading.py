"""From the bytes of a 200 to chunks, and the judgement whether what came was an answer at all."""

from collections.abc import Iterator

from conversations.completions.errors import BrokenOff, NotAStream, refusal
from conversations.completions.sse import Event, Events, TooLarge
from conversations.completions.wire import Chunk, read_chunk

LARGEST_BODY = 8_000_000  # bytes of an answer that is not streamed, or of an error's page


class Reading:
    """Feed network reads; get chunks. `began`: a piece of an answer came; `finished`: its end came too."""

    def __init__(self, *, json_body: bool = False) -> None:
        self.began = False
        self._events = Events()
        self.finished = False
        self._done = False  # [DONE] was seen: what follows is not the answer's
        self._json: bytes | None = b"" if json_body else None
        self._seen = b""  # the first bytes, to tell a page of HTML from a stream

    def feed(self, piece: bytes) -> Iterator[Chunk]:
        """Chunks that `piece` completes; raises NotAStream, BrokenOff or a Refused from inside the stream."""
        if self._json is not None:
            if self._json == b"" and piece.lstrip()[:5] in (b"data:", b"event"):
                self._json = None  # some servers stream events under the wrong content type
            else:
                self._json += piece
                if len(self._json) > LARGEST_BODY:
                    raise NotAStream(f"The answer is larger than {LARGEST_BODY:,} bytes.")
                return
        if len(self._seen) < 64:
            self._seen += piece[:64]
        try:
            events = self._events.feed(piece)
        except TooLarge as error:
            raise self._no(str(error)) from error
        yield from self._chunks(events)

    def end(self) -> Iterator[Chunk]:
        """What is left at the end of the body; raises if the answer never came, or never ended."""
        if self._json is not None:
            yield from self._whole(self._json)
        else:
            yield from self._chunks(self._events.end())
        if self.finished:
            return
        if self.began:
            raise BrokenOff("The stream ended without a finish_reason.")
        raise NotAStream(self._what_it_was())

    def _chunks(self, events: list[Event]) -> Iterator[Chunk]:
        for event in events:
            if self._done:
                return
            if event.data.strip() == "[DONE]":
                self._done = True
                return
            yield self._chunk(event.data)

    def _chunk(self, data: str) -> Chunk:
        try:
            chunk = read_chunk(data)
        except (ValueError, RecursionError) as error:
            raise self._no("An event of the stream is no JSON object.") from error
        if chunk.error:
            raise refusal(None, {"error": chunk.error})
        for choice in chunk.choices or ():
            self.began = True
            if choice.index == 0 and choice.finish_reason:
                self.finished = True
        return chunk

    def _whole(self, data: bytes) -> Iterator[Chunk]:
        """A `chat.completion` that was not streamed, as one chunk."""
        if not data.strip():
            raise NotAStream("The answer is empty.")
        chunk = self._chunk(data.decode(errors="replace"))
        if not chunk.choices:
            raise NotAStream("The answer is JSON, but no chat completion.")
        yield chunk

    def _no(self, why: str) -> NotAStream | BrokenOff:
        return BrokenOff(why) if self.began else NotAStream(why)

    def _what_it_was(self) -> str:
        start = self._seen.lstrip().lower()
        if start.startswith((b"<!doctype", b"<html", b"<")):
            return "The answer is an HTML page. Is the endpoint the API's base URL?"
        return "The answer is empty." if not start else "The answer is no stream of chat completions."
