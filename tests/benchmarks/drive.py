"""Ways of asking: directly, through the bare relay, through the product. Each returns (number, left, arrived) in ns."""

import asyncio
import html
import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import websockets

Arrivals = list[tuple[int, int, int]]
Start = Callable[[int], Awaitable[None]]  # what a way awaits once its page and socket are open
Way = Callable[[int, str, Start], Awaitable[Arrivals]]
STAMP = re.compile(r"(\d+):(\d{10,})(?=[\s<])")


async def ready(served: int, relay: int, data: Path) -> list[httpx.AsyncClient]:
    """Wait for the servers; a client for each person who is signed in."""
    address = f"http://127.0.0.1:{served}"
    async with httpx.AsyncClient() as client:
        for _ in range(300):
            try:
                await client.get(f"{address}/healthz")
                async with websockets.connect(f"ws://127.0.0.1:{relay}/"):
                    break
            except (OSError, httpx.TransportError):
                await asyncio.sleep(0.2)
    sessions = (data / "sessions").read_text().split()
    return [httpx.AsyncClient(base_url=address, timeout=60, cookies={"sessionid": each}) for each in sessions]


def direct(source: int) -> Way:
    client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))

    async def way(at: int, question: str, start: Start) -> Arrivals:
        await start(at)
        body = {"messages": [{"role": "user", "content": question}]}
        address, arrivals = f"http://127.0.0.1:{source}/v1/chat/completions", []
        async with client.stream("POST", address, json=body) as response:
            async for line in response.aiter_lines():
                now = time.monotonic_ns()
                arrivals += [(int(n), int(left), now) for n, left in re.findall(r"(\d+):(\d{10,})", line[40:])]
        return arrivals

    return way


def bare(relay: int) -> Way:
    async def way(at: int, question: str, start: Start) -> Arrivals:
        arrivals: Arrivals = []
        async with websockets.connect(f"ws://127.0.0.1:{relay}/", compression=None) as socket:
            await start(at)
            await socket.send(question)
            async for message in socket:
                now, event = time.monotonic_ns(), json.loads(message)
                if event.get("end"):
                    break
                arrivals += [(int(n), int(left), now) for n, left in re.findall(r"(\d+):(\d{10,})", event["text"])]
        return arrivals

    return way


def product(served: int, people: list[httpx.AsyncClient]) -> Way:
    async def way(at: int, question: str, start: Start) -> Arrivals:
        client = people[at]
        page = (await client.get("/")).text
        chat = re.search(r"/c/([0-9a-f-]{36})/ask", page)[1]
        form = {
            "text": question,
            "client_id": str(uuid.uuid4()),
            "key": html.unescape(_hidden(page, "key")),
            "csrfmiddlewaretoken": _hidden(page, "csrfmiddlewaretoken"),
            "deployment": "bench",
        }
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = {"Cookie": cookies}
        address = f"ws://127.0.0.1:{served}/ws/c/{chat}/"
        options = {"additional_headers": headers, "origin": f"http://127.0.0.1:{served}", "compression": None}
        async with websockets.connect(address, **options) as socket:
            await start(at)
            async with asyncio.TaskGroup() as both:
                applying = both.create_task(_applied(socket))
                both.create_task(_post(client, f"/c/{chat}/ask", form))
        return applying.result()

    return way


async def _post(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> None:
    (await client.post(path, data=form, headers={"HX-Request": "true"})).raise_for_status()


async def _applied(socket: websockets.ClientConnection) -> Arrivals:
    """Apply frames by the page's rules until the answer has ended; a delta arrives when it is first on the page."""
    blocks: list[str] = []
    arrivals: Arrivals = []
    async for message in socket:
        now, event = time.monotonic_ns(), json.loads(message)
        if event["type"] == "blocks":
            assert len(blocks) >= event["from"], "a gap"
            blocks[event["from"] :] = event["html"]
            seen = len(arrivals)
            for number, left in STAMP.findall(" ".join(event["html"]) + " "):
                if int(number) >= seen:
                    arrivals.append((int(number), int(left), now))
        elif event["type"] == "state" and event["state"] not in {"pending", "streaming"}:
            break
    page = [int(number) for number, _ in STAMP.findall(" ".join(blocks) + " ")]
    assert page == [number for number, _, _ in arrivals], "the page lost, doubled or reordered something"
    return arrivals


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
