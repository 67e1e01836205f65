"""Documents survive what happens while they are read: a killed process, a lost lease, a full disk, a broken file."""

import threading
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations.models import Chunk, Collection, Document, Stage, Term, Vector
from conversations.models import document as documents
from conversations.models.document import LOST_AFTER, TRIES
from conversations.retrieval.ingest import adding, placing, runner, work
from conversations.retrieval.ingest.parsing.blocks import REASONS, Unreadable
from conversations.retrieval.local import lexical
from conversations.texts.words import asked
from conversations.views.reasons import REASONS as WORDS
from tests.retrieval import files
from tests.retrieval.local import LEAVE, collection, put, queued, search

pytestmark = pytest.mark.django_db(transaction=True)


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
    failed = await put(kept, b"%PDF-1.4 nothing more", "leave.pdf")
    assert (failed.state, failed.reason) == (Stage.FAILED, "broken")
    assert await search(kept, "parental")


async def test_a_version_that_a_search_does_not_find_leaves_the_one_before(monkeypatch):
    kept = await collection()
    before = await put(kept)
    counts = {each.word: each.passages async for each in Term.objects.all()}
    monkeypatch.setattr(lexical, "finds", lambda *_: False)
    failed = await put(kept, b"# Boats\n\nBoats wait outside the harbour.")
    monkeypatch.undo()
    assert (failed.state, failed.reason, failed.version) == (Stage.FAILED, "not_found_again", before.version)
    assert (failed.chunks_count, failed.read_sha256) == (before.chunks_count, before.read_sha256)
    assert await search(kept, "parental")
    assert not await search(kept, "harbour")
    assert await Chunk.objects.acount() == before.chunks_count
    assert {each.word: each.passages async for each in Term.objects.all()} == counts


def long(word, passages=5):
    return "".join(f"# Part {at}\n\nThe {word} opens at {at}.\n\n" for at in range(passages)).encode()


@pytest.fixture
def slices(monkeypatch):
    """Two passages a transaction."""
    for module in (documents, placing):
        monkeypatch.setattr(module, "SLICE", 2)


@pytest.mark.usefixtures("slices")
async def test_a_new_version_is_found_all_at_once_however_many_transactions_it_takes(monkeypatch, offline):
    kept = await collection(embedding=offline)
    await put(kept, long("harbour"), "long.md")
    seen, fairly = [], placing._fairly

    async def found(word):
        return len(await search(kept, word, 50, query_type="simple")), len(await search(kept, "", 50))

    async def looking(*arguments):
        done = await fairly(*arguments)
        seen.append((await found("harbour"), await found("airport")))
        return done

    monkeypatch.setattr(placing, "_fairly", looking)
    await put(kept, long("airport", 7), "long.md")
    assert set(seen) == {((5, 5), (0, 5)), ((0, 7), (7, 7))}
    assert len(seen) > 7
    assert await Chunk.objects.acount() == await Vector.objects.acount() == 7


@pytest.mark.usefixtures("slices")
async def test_what_a_killed_process_had_begun_to_write_is_never_found(monkeypatch):
    kept = await collection()
    await put(kept, long("harbour"), "long.md")

    class Killed(BaseException):
        """The process is gone at once."""

    def killed(*_):
        raise Killed

    monkeypatch.setattr(placing, "_difference", killed)
    monkeypatch.setattr(Document, "tidy", lambda *_: False)
    found = await queued(kept, long("airport"), "long.md")
    assert await sync_to_async(found.take)("dead")
    taken = await Document.objects.select_related("collection").aget()
    with pytest.raises(Killed):
        await work.ingest(taken, "dead")
    assert await Chunk.objects.acount() == 10
    assert not await search(kept, "airport")
    assert len(await search(kept, "harbour", 50)) == 5
    monkeypatch.undo()
    await age(found)
    await sync_to_async(Document.objects.sweep)()
    await runner.run_out()
    assert await Chunk.objects.acount() == 5
    assert len(await search(kept, "airport", 50)) == 5


async def test_passages_are_written_without_the_thread_that_answers_need(monkeypatch):
    writing, stage = [], Document.stage

    def watched(*arguments):
        writing.append(threading.get_ident())
        return stage(*arguments)

    monkeypatch.setattr(Document, "stage", watched)
    await put(await collection())
    assert await sync_to_async(threading.get_ident)() not in writing


async def test_collections_without_vectors_in_order_are_not_even_loaded():
    kept = await collection()
    await put(kept)
    assert await sync_to_async(runner._untended)() == [kept]
    await runner.tend()
    assert await sync_to_async(runner._untended)() == []
    await put(kept, b"# Boats\n\nBoats wait.", "boats.md")
    assert await sync_to_async(runner._untended)() == [kept]


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
    monkeypatch.setattr(placing, "found_again", lambda document, chunks: False)
    document = await put(await collection())
    assert (document.state, document.reason) == (Stage.FAILED, "not_found_again")
    assert not await Chunk.objects.aexists()


async def test_documents_that_begin_as_many_others_do_are_found():
    kept = await collection()
    first = "Monthly safety inspection report prepared according to company procedure for the responsible site manager"
    for number in range(60):
        rest = "" if number < 59 else " with observations of gates, pumps, cranes and ladders in every hall"
        text = f"# Monthly report\n\n{first} in charge. Number {number}.{rest}"
        await sync_to_async(adding.add)(kept, f"report-{number}.md", text.encode(), None)
    await runner.run_out()
    states = [(each.state, each.reason) async for each in Document.objects.all()]
    assert states == [(Stage.READY, "")] * 60


async def test_what_the_index_of_words_lacks_is_not_found():
    kept = await collection()
    document = await put(kept)
    await put(kept, b"# Boats\n\nBoats wait outside the harbour.", "boats.md")
    passage = await Chunk.objects.filter(document=document).afirst()
    finds = sync_to_async(lexical.finds)
    assert await finds(passage.pk, kept.pk, asked("parental leave"))
    assert not await finds(passage.pk, kept.pk, asked("harbour"))  # another passage has it
    assert not await finds(passage.pk, (await collection("Other")).pk, asked("parental"))
    await Document.objects.aupdate(version=7)
    assert not await finds(passage.pk, kept.pk, asked("parental"))


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
