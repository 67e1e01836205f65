"""The queue of documents to be read: looked at whatever happens, given back by a server that ends."""

import asyncio

import pytest

from conversations.models import Document, Stage
from conversations.retrieval.ingest import reading, runner
from tests.retrieval.local import collection, queued
from tests.talk import eventually

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_server_that_ends_gives_back_what_it_reads(monkeypatch):
    began = asyncio.Event()

    async def slow(*_):
        began.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(reading, "read", slow)
    await queued(await collection())
    keeping = asyncio.create_task(runner.keep_ingesting())
    await asyncio.wait_for(began.wait(), 10)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    document = await Document.objects.aget()
    assert (document.state, document.runner, document.tries) == (Stage.QUEUED, "", 0)


async def test_what_ends_as_soon_as_it_was_begun_is_waited_for_no_more(monkeypatch):
    begun = []

    async def at_once(document):
        begun.append(document.pk)

    monkeypatch.setattr(runner, "_ingest", at_once)
    document = await queued(await collection())
    await runner.run_out()
    assert begun == [document.pk]


async def test_a_look_at_the_queue_that_fails_is_not_the_last_one(monkeypatch):
    look, failed = runner._next, []

    def fails_once():
        if not failed:
            failed.append(True)
            raise RuntimeError("nobody foresaw it")
        return look()

    monkeypatch.setattr(runner, "_next", fails_once)
    monkeypatch.setattr(runner, "TICK", 0.05)
    await queued(await collection())
    keeping = asyncio.create_task(runner.keep_ingesting())

    async def read():
        return await Document.objects.filter(state=Stage.READY).aexists()

    try:
        await eventually(read, within=20)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    assert failed
