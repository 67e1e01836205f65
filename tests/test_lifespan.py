"""What the server does all the time is begun with it, ends with it, and is missed if it ends before."""

import asyncio

import pytest

from chatapp import lifespan
from conversations import generation

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_ends_by_an_error_is_said_at_once(monkeypatch, caplog):
    async def fails():
        raise RuntimeError("nobody foresaw it")

    async def goes_on():
        await asyncio.sleep(3600)

    monkeypatch.setattr(generation, "keep_sweeping", fails)
    monkeypatch.setattr(generation, "keep_looking", goes_on)
    monkeypatch.setattr(lifespan, "keep_ingesting", goes_on)
    events, said = asyncio.Queue(), []

    async def send(event):
        said.append(event["type"])

    running = asyncio.create_task(lifespan.lifespan({}, events.get, send))
    events.put_nowait({"type": "lifespan.startup"})
    async with asyncio.timeout(5):
        while "nobody foresaw it" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody
            await asyncio.sleep(0.01)
    assert said == ["lifespan.startup.complete"]
    events.put_nowait({"type": "lifespan.shutdown"})
    await asyncio.wait_for(running, 5)
    assert said[-1] == "lifespan.shutdown.complete"
