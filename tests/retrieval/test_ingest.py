"""Documents survive what happens while they are read: a killed process, a lost lease, a full disk, a broken file."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations.models import Chunk, Collection, Document, Stage
from conversations.models.document import LOST_AFTER, TRIES
from conversations.retrieval.ingest import adding, reading, runner, work
from conversations.retrieval.ingest.parsing.blocks import REASONS, Unreadable
from conversations.views.documents import REASONS as WORDS
from tests.retrieval import files
from tests.retrieval.local import LEAVE, collection, put, search

pytestmark = pytest.mark.django_db(transaction=True)


async def queued(kept, content=LEAVE, name="leave.md"):
    return (await sync_to_async(adding.add)(kept, name, content, None)).document


async def age(document):
    await Document.objects.filter(pk=document.pk).aupdate(beat_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))


async def test_what_a_killed_process_had_in_work_is_read_again():
    document = await queued(await collection())
    assert await sync_to_async(document.take)("dead")
    assert await sync_to_async(Document.objects.sweep)() == 0
    await age(document)
    assert await sync_to_async(Document.objects.sweep)() == 1
    await runner.run_out()
    assert (await Document.objects.aget()).state == Stage.READY


async def test_a_document_that_kills_its_readers_fails_in_the_end():
    document = await queued(await collection())
    for _ in range(TRIES):
        assert await sync_to_async(document.take)("dead")
        await age(document)
        await sync_to_async(Document.objects.sweep)()
    document = await Document.objects.aget()
    assert (document.state, document.reason) == (Stage.FAILED, "lost")


async def test_a_document_is_taken_once():
    document = await queued(await collection())
    assert [await sync_to_async(document.take)(each) for each in ("one", "two")] == [True, False]


async def test_who_lost_the_lease_writes_nothing():
    kept = await collection()
    document = await queued(kept)
    await sync_to_async(document.take)("mine")
    taken = await Document.objects.select_related("collection").aget()
    await Document.objects.aupdate(runner="another")
    await work.ingest(taken, "mine")
    assert not await Chunk.objects.aexists()
    assert (await Document.objects.aget()).state == Stage.PARSING


async def test_a_document_deleted_while_it_is_read_stays_deleted():
    kept = await collection()
    document = await queued(kept)
    await sync_to_async(document.take)("mine")
    taken = await Document.objects.select_related("collection").aget()
    await sync_to_async(document.throw_away)()
    await work.ingest(taken, "mine")
    assert not await search(kept, "parental")


async def test_a_version_that_cannot_be_read_leaves_the_one_before():
    kept = await collection()
    await put(kept, files.pdf("Parental leave is ninety days for every parent here."), "leave.pdf")
    failed = await put(kept, b"broken", "leave.pdf")
    assert (failed.state, failed.reason) == (Stage.FAILED, "mislabelled")
    assert await search(kept, "parental")


async def test_bombs_and_broken_files_touch_no_other_document():
    kept = await collection()
    for name, content in (("a.docx", files.bomb()), ("b.pdf", files.pdf("x")[:150]), ("c.md", LEAVE)):
        await queued(kept, content, name)
    await runner.run_out()
    states = {each.filename: each.state async for each in Document.objects.all()}
    assert states == {"a.docx": Stage.FAILED, "b.pdf": Stage.FAILED, "c.md": Stage.READY}


async def test_a_full_disk_is_said_and_leaves_nothing(monkeypatch):
    kept = await collection()

    def full(content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adding, "store", full)
    with pytest.raises(Unreadable, match="storage"):
        await queued(kept)
    assert not await Document.objects.aexists()


async def test_a_file_that_is_gone_is_said():
    kept = await collection()
    document = await queued(kept)
    document.path.unlink()
    await runner.run_out()
    assert (await Document.objects.aget()).reason == "storage"


async def test_not_found_again_is_not_ready(monkeypatch):
    monkeypatch.setattr(work, "found_again", lambda document, chunks: False)
    document = await put(await collection())
    assert (document.state, document.reason) == (Stage.FAILED, "not_found_again")


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


async def test_what_was_deleted_an_hour_ago_is_purged_with_its_file():
    kept = await collection()
    document = await put(kept)
    await sync_to_async(document.throw_away)()
    await Document.objects.aupdate(deleted=timezone.now() - timedelta(hours=2))
    assert await sync_to_async(Document.objects.purge)() == 1
    assert not document.path.exists()


async def test_a_deleted_collection_is_purged_with_its_files():
    kept = await collection()
    document = await put(kept)
    await Collection.objects.aupdate(deleted=timezone.now() - timedelta(hours=2))
    assert await sync_to_async(Collection.objects.all().purge)() == 1
    assert not document.path.exists()


def test_every_reason_has_words():
    assert set(REASONS) == set(WORDS)
