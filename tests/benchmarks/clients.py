"""People who ask and read along: directly at the upstream, through the bare consumer, through the product."""

import asyncio
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import websockets

STAMP = re.compile(r"(\d+):(\d{6,})(?=\s|<)")
TOKEN = "b" * 32  # a CSRF secret: cookie and header must be the same, nothing else
PATIENCE = 120.0  # seconds that an answer may take


class Wrong(Exception):
    """A delta was lost, doubled or out of order."""


@dataclass
class Reader:
    """One reader's deltas: how late each came, in milliseconds."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    late: list[float] = field(default_factory=list)

    def see(self, text: str) -> None:
        """Text that holds deltas seen before, then the new ones; complete ones only (a stamp ends in a space)."""
        now = time.monotonic_ns()
        for number, stamp in STAMP.findall(text):
            if int(number) > len(self.late):
                raise Wrong(f"delta {number} came after {len(self.late) - 1}")
            if int(number) == len(self.late):
                self.late.append((now - int(stamp)) / 1e6)

    def ended(self, count: int, whole: str | None = None) -> None:
        numbers = range(len(self.late)) if whole is None else [int(n) for n, _ in STAMP.findall(whole)]
        if len(self.late) != count or list(numbers) != list(range(count)):
            raise Wrong(f"{len(self.late)} deltas of {count} came")


class Asking(Protocol):
    """Ask for `count` deltas at `rate` a second (0: at once) and read them as person number `person`."""

    async def __call__(self, person: int, count: int, rate: float) -> Reader: ...


def question(reader: Reader, count: int, rate: float) -> str:
    return f"id={reader.id} n={count} rate={rate:g}"


class Direct:
    """What the upstream and this client cost already."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None))
        self._url = f"{address}/v1/chat/completions"

    async def __call__(self, person: int, count: int, rate: float) -> Reader:
        reader = Reader()
        asked = {"messages": [{"role": "user", "content": question(reader, count, rate)}]}
        async with self._client.stream("POST", self._url, json=asked) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    reader.see(json.loads(line[6:])["choices"][0]["delta"].get("content", ""))
        reader.ended(count)
        return reader


class Bare:
    def __init__(self, port: int) -> None:
        self._address = f"ws://127.0.0.1:{port}/"

    async def __call__(self, person: int, count: int, rate: float) -> Reader:
        reader = Reader()
        async with asyncio.timeout(PATIENCE), websockets.connect(self._address, compression=None) as socket:
            await socket.send(question(reader, count, rate))
            while "end" not in (frame := json.loads(await socket.recv())):
                reader.see(frame["text"])
        reader.ended(count)
        return reader


class Product:
    """Signs nobody in: `people` are those that world.py made. Every call takes a new chat."""

    def __init__(self, port: int, people: list[dict[str, Any]]) -> None:
        self._host, self._people = f"127.0.0.1:{port}", people
        self._client = httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None))
        self.taken: dict[str, str] = {}  # question → id of its reader

    def socket(self, person: int, chat: str) -> Any:
        headers = {"Cookie": f"sessionid={self._people[person]['session']}"}
        address, origin = f"ws://{self._host}/ws/c/{chat}/", f"http://{self._host}"
        return websockets.connect(
            address, additional_headers=headers, origin=origin, compression=None, open_timeout=PATIENCE
        )

    async def __call__(self, person: int, count: int, rate: float) -> Reader:
        reader = Reader()
        chat, key = self._people[person]["chats"].pop()
        async with asyncio.timeout(PATIENCE), self.socket(person, chat) as socket:
            asking = asyncio.create_task(self._ask(person, chat, key, question(reader, count, rate)))
            whole = await self._read(socket, reader)
            await asking
        reader.ended(count, whole)
        return reader

    async def _ask(self, person: int, chat: str, key: str, text: str) -> None:
        session = self._people[person]["session"]
        headers = {"HX-Request": "true", "X-CSRFToken": TOKEN, "Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
        form = {"text": text, "client_id": str(uuid.uuid4()), "key": key}
        response = await self._client.post(f"http://{self._host}/c/{chat}/ask", data=form, headers=headers)
        response.raise_for_status()

    async def _read(self, socket: Any, reader: Reader) -> str:
        """Apply frames as the page does (static/js/transcript.js); returns the HTML at the end."""
        blocks: list[str] = []
        epoch = None
        while True:
            event = json.loads(await socket.recv())
            if event["type"] == "blocks":
                if event["from"] and (event["epoch"] != epoch or len(blocks) < event["from"]):
                    raise Wrong("a frame that the page could not apply")
                epoch, blocks[event["from"] :] = event["epoch"], event["html"]
                for block in event["html"]:
                    reader.see(block)
            elif event["type"] == "state" and event["state"] not in {"pending", "streaming"}:
                if event["state"] != "complete":
                    raise Wrong(f"the answer ended {event['state']}")
                return "".join(blocks)
