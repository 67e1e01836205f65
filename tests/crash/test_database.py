"""PostgreSQL goes away in mid-answer and comes back: answers go on and are saved, pages say what is the matter."""

import asyncio
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from conversations.completions.offline.persona import reply
from conversations.rendering import blocks
from tests.crash.conftest import ended
from tests.crash.visitor import HTMX, Visitor
from tests.crash.wire import Wire
from tests.e2e.server import Server

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not (settings.DATABASE_URL.startswith("postgres") and settings.REDIS_URL),
        reason="needs DATABASE_URL and REDIS_URL: the second run of `make test`",
    ),
]
QUESTION = "write a long text of 100 words"
WHOLE = reply([{"role": "user", "content": QUESTION}])


@pytest.fixture
async def wire():
    address = urlsplit(settings.DATABASE_URL)
    async with Wire(address.hostname, address.port or 5432) as wire:
        yield wire


@pytest.fixture
async def server(two_servers, wire, tmp_path):
    """One more on the database of both, which it reaches by the wire."""
    address = urlsplit(two_servers[0].environment["DATABASE_URL"])
    there = f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{wire.port}".removeprefix("@")
    own = {name: two_servers[0].environment[name] for name in ("REDIS_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS")}
    with ended(Server(tmp_path, **own, DATABASE_URL=address._replace(netloc=there).geturl())) as server:
        await asyncio.to_thread(server.start)
        yield server


async def test_answers_outlive_the_database_and_pages_say_that_it_is_away(server, wire):
    async with Visitor(server) as writer:
        conversation, answer = await writer.ask(QUESTION)
        async with writer.tab(conversation) as tab:
            await tab.until("streaming")
            await wire.cut()
            first, *others = await asyncio.gather(*[writer.http.get("/") for _ in range(8)])
            assert {each.status_code for each in (first, *others)} == {503}
            assert "The database does not answer" in first.text
            assert first.headers["Retry-After"] == "5"
            asked = await writer.post(f"/c/{conversation}/ask", {"text": "hello"}, **HTMX)
            assert asked.status_code == 503
            await wire.mend()
            await tab.until("complete", timeout=15)
            assert tab.blocks[str(answer)] == blocks(WHOLE)
        assert (await writer.http.get(f"/c/{conversation}/")).status_code == 200
    log = (server.data / "server.log").read_text()
    assert "Traceback" not in log
    assert [log.count(f"The database is {each}") for each in ("gone", "back")] == [1, 1]


async def test_after_a_restart_that_nobody_noticed_no_page_fails(server, wire):
    async with Visitor(server) as person:
        await asyncio.gather(*[person.http.get("/") for _ in range(12)])
        await wire.cut()
        await wire.mend()
        pages = await asyncio.gather(*[person.http.get("/") for _ in range(12)])
        assert {each.status_code for each in pages} == {200}
