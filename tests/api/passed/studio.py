"""An upstream that hears, speaks and paints, as the references document the wire; it reads no body as a whole.

Written without the product's own parsers: forms are read by the standard library's.
"""

import asyncio
import base64
import email.parser
import email.policy
import json
from contextlib import suppress
from dataclasses import dataclass

from tests.frames import SAFE, chunked, event, head
from tests.loopback import Loopback

KEPT = 200_000  # bytes of a request's body that are kept at each end


@dataclass
class Heard:
    path: str
    query: str
    headers: dict[str, str]
    size: int = 0
    begin: bytes = b""
    end: bytes = b""

    @property
    def body(self) -> bytes:
        assert self.size <= KEPT
        return self.begin

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self) -> list[tuple[str, str | None, bytes]]:
        """Name, file's name, content of each part."""
        said = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode() + self.body
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(said)
        disposition = {"header": "content-disposition"}
        return [
            (part.get_param("name", **disposition), part.get_filename(), part.get_payload(decode=True))
            for part in message.iter_parts()
        ]


class Studio(Loopback):
    """`heard` are the requests that came, in order; `gone` counts clients that left in mid-answer.

    `speech`: the pieces of audio that it says. `held`: of speech and of a stream it says the first piece alone until
    this is set. `refusals` are what it answers first. `headers`: sent along with speech, streams and refusals.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Heard] = []
        self.gone = 0
        self.speech: list[bytes] = [b"ID3", b"sound"]
        self.held: asyncio.Event | None = None
        self.refusals: list[tuple[int, dict]] = []
        self.headers: dict[str, str] = {}

    async def talk(self, reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not reader.at_eof():
                heard = await self._hear(reader)
                await self._answer(heard, reader, writer)

    async def _hear(self, reader):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
        path, _, query = first.split(" ")[1].partition("?")
        heard = Heard(path, query, headers)
        self.heard.append(heard)
        async for piece in _body(reader, headers):
            heard.size += len(piece)
            heard.begin += piece[: KEPT - len(heard.begin)]
            heard.end = (heard.end + piece)[-KEPT:]
        return heard

    async def _answer(self, heard, reader, writer):
        if self.refusals:
            status, body = self.refusals.pop(0)
            await _send(writer, status, "application/json", json.dumps(body).encode(), self.headers)
            return
        operation = heard.path.partition("/v1/")[2] or heard.path.split("/", 4)[4]
        if operation == "audio/speech":
            await self._speak(reader, writer)
        elif operation.startswith("audio/"):
            await self._write_down(heard, writer)
        elif operation == "images/generations":
            await self._paint(heard.json, writer)
        else:
            await self._complete(heard.json, reader, writer)

    async def _speak(self, reader, writer):
        writer.write(head(200, {"Content-Type": "audio/mpeg", **self.headers}, None))
        await self._say([chunked(piece) for piece in self.speech], reader, writer)

    async def _say(self, pieces, reader, writer):
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            for at, piece in enumerate(pieces):
                if at and self.held:
                    waiting = asyncio.ensure_future(self.held.wait())
                    await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                    waiting.cancel()
                    if leaving.done():
                        self.gone += 1
                        raise ConnectionAbortedError
                writer.write(piece)
                await writer.drain()
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        finally:
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    async def _write_down(self, heard, writer):
        fields = {name: value.decode() for name, file, value in heard.form if file is None} if heard.size < KEPT else {}
        wanted = fields.get("response_format", "json")
        if wanted in {"text", "srt", "vtt"}:
            await _send(writer, 200, "text/plain; charset=utf-8", b"Hello from the tape.\n")
            return
        usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 5, "total_tokens": 19}
        body = {"text": "Hello from the tape.", "usage": usage}
        if wanted == "verbose_json":
            segment = {"id": 0, "seek": 0, "start": 0.0, "end": 1.5, "text": "Hello from the tape.", "tokens": [1, 2]}
            segment |= {"temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.0}
            body = {"task": "transcribe", "language": "english", "duration": 1.5, "segments": [segment], **body}
        await _send(writer, 200, "application/json", json.dumps(body).encode())

    async def _paint(self, asked, writer):
        safe = {"content_filter_results": SAFE, "prompt_filter_results": SAFE, "revised_prompt": "A very small cat."}
        picture = {"url": f"{self.address}/picture.png"}
        if asked.get("response_format") == "b64_json":
            picture = {"b64_json": base64.b64encode(b"PNG" * 20_000).decode()}
        body = {"created": 1698342300, "data": [{**safe, **picture}] * (asked.get("n") or 1)}
        body["usage"] = {"input_tokens": 9, "output_tokens": 100, "total_tokens": 109}
        await _send(writer, 200, "application/json", json.dumps(body).encode())

    async def _complete(self, asked, reader, writer):
        usage = {"prompt_tokens": 6, "completion_tokens": 2, "total_tokens": 8}
        shared = {"id": "cmpl-1", "object": "text_completion", "created": 1686617332, "model": asked["model"]}
        choice = {"index": 0, "logprobs": None, "finish_reason": None}
        if not asked.get("stream"):
            body = {**shared, "choices": [{**choice, "text": "Hello.", "finish_reason": "stop"}], "usage": usage}
            await _send(writer, 200, "application/json", json.dumps(body).encode())
            return
        writer.write(head(200, {"Content-Type": "text/event-stream", **self.headers}, None))
        said = [event({**shared, "choices": [{**choice, "text": piece}]}) for piece in ("Hel", "lo.")]
        if (asked.get("stream_options") or {}).get("include_usage"):
            said.append(event({**shared, "choices": [], "usage": usage}))
        await self._say([*said, chunked(b"data: [DONE]\n\n")], reader, writer)


async def _body(reader, headers):
    if "chunked" not in headers.get("transfer-encoding", ""):
        yield await reader.readexactly(int(headers.get("content-length", "0")))
        return
    while size := int((await reader.readline()).strip(), 16):
        while size:
            piece = await reader.read(min(size, 65_536))
            if not piece:
                raise asyncio.IncompleteReadError(b"", size)
            size -= len(piece)
            yield piece
        await reader.readline()
    await reader.readline()


async def _send(writer, status, kind, body, headers=None):
    writer.write(head(status, {"Content-Type": kind, **(headers or {})}, len(body)) + body)
    await writer.drain()
