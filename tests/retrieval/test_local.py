"""Our own documents are found by their words and by their meaning, on either database, and by nobody who may not."""

import pytest
from asgiref.sync import sync_to_async

from conversations.completions import data_sources
from conversations.models import Chunk, Collection, Document, Index, Stage, Term, Vector
from conversations.retrieval.base import Access, Setting, retriever
from conversations.retrieval.errors import SourceVectors
from conversations.retrieval.ingest import runner
from conversations.retrieval.local import lexical, vectors
from tests import factories
from tests.retrieval.local import KOREAN, LEAVE, TRAVEL, collection, put, search

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_document_is_found_by_its_words_with_all_that_a_citation_needs():
    kept = await collection()
    document = await put(kept)
    hit = (await search(kept, "How many days of parental leave do I get?"))[0]
    assert document.state == Stage.READY
    assert "90 days" in hit.content
    assert (hit.title, hit.filepath, hit.heading) == ("Leave", "leave.md", "Parental leave")
    assert (hit.document, hit.version) == (str(document.pk), document.sha256)


async def test_neighbours_are_handed_on_with_a_passage():
    kept = await collection()
    await put(kept)
    hit = (await search(kept, "parental days"))[0]
    assert hit.around == f"{hit.content}\n\nAsk People Operations."


@pytest.mark.parametrize("query", ["육아휴직 승인", "휴가 규정", "팀장"])
async def test_korean_is_found(query):
    kept = await collection()
    await put(kept, KOREAN, "규정.md")
    await put(kept)
    assert [each.filepath for each in await search(kept, query)][:1] == ["규정.md"]


async def test_accents_and_endings_do_not_matter():
    kept = await collection()
    await put(kept, TRAVEL, "reise.md")
    assert await search(kept, "vertrage")


async def test_a_word_in_the_title_weighs_more():
    kept = await collection()
    await put(kept, b"Something about a harbour, told once.", "notes.txt")
    await put(kept, b"Something about the coast, told once.", "harbour.txt")
    assert (await search(kept, "harbour"))[0].filepath == "harbour.txt"


async def test_a_question_that_looks_like_a_query_is_only_words():
    kept = await collection()
    await put(kept)
    for query in ['"leave" AND (', "leave* OR NEAR(", "' | leave & !", "titles : leave", "\\"]:
        await search(kept, query)


async def test_only_what_the_person_may_read_is_searched_and_counted():
    mine, theirs = await collection(), await collection("Secret")
    await put(mine)
    await put(theirs, b"The takeover of Fernhollow is called lighthouse. Parental too.", "plan.txt")
    assert not await search(mine, "lighthouse", collections=[mine, theirs])
    assert not await search(None, "parental", collections=[mine, theirs])
    alone = await sync_to_async(lexical.weights)([mine.pk], ["lighthous", "parent"])
    await put(theirs, b"Lighthouse lighthouse.", "more.txt")
    assert await sync_to_async(lexical.weights)([mine.pk], ["lighthous", "parent"]) == alone


async def test_replacing_a_document_swaps_its_passages():
    kept = await collection()
    before = await put(kept)
    after = await put(kept, LEAVE.replace(b"90", b"120"), "leave.md")
    assert after.pk == before.pk
    assert after.version == before.version + 1
    hits = await search(kept, "parental leave days")
    assert "120 days" in hits[0].content
    assert not [each for each in hits if "90" in each.content]
    assert not before.path.exists()


async def test_a_deleted_document_is_gone_from_the_next_search_and_can_be_taken_back():
    kept = await collection()
    document = await put(kept)
    await sync_to_async(document.throw_away)()
    assert not await search(kept, "parental")
    assert await sync_to_async(lexical.weights)([kept.pk], ["parent"]) == {"parent": pytest.approx(0.693, abs=0.01)}
    await sync_to_async(document.take_back)()
    assert await search(kept, "parental")


async def test_what_is_deleted_for_good_leaves_nothing():
    kept = await collection()
    document = await put(kept)
    await document.adelete()
    assert not document.path.exists()
    assert not await Chunk.objects.aexists()
    assert not await Term.objects.filter(passages__gt=0).aexists()


async def test_counts_are_those_of_the_passages():
    kept = await collection()
    await put(kept)
    await put(kept, LEAVE + b"\n\nMore leave.", "leave.md")
    counted = {each.word: each.passages async for each in Term.objects.filter(passages__gt=0)}
    expected = {}
    async for titles, words in Chunk.objects.values_list("titles", "words"):
        for word in set(f"{titles} {words}".split()):
            expected[word] = expected.get(word, 0) + 1
    assert counted == expected


def test_words_that_are_everywhere_are_not_looked_for_if_there_are_rarer_ones():
    assert lexical.rarer({"leave": 40_000, "parental": 120, "day": 9_000}, 100_000) == ["parental"]
    assert lexical.rarer({"leave": 40_000}, 100_000) == ["leave"]
    assert lexical.rarer({"leave": 90, "parental": 2}, 100) == ["parental", "leave"]


async def test_vectors_come_with_an_embedding_deployment_and_find_too(offline):
    kept = await collection(embedding=offline)
    await put(kept)
    await put(kept, TRAVEL, "reise.md")
    hit = (await search(kept, "parental leave"))[0]
    assert hit.filepath == "leave.md"
    assert hit.cosine > 0.2
    assert await search(kept, "parental leave", query_type="vector")
    assert (await search(kept, "parental leave", query_type="simple"))[0].cosine is None


async def test_another_embedding_is_built_beside_and_takes_over_whole(offline):
    kept = await collection()
    await put(kept)
    assert (await search(kept, "parental"))[0].cosine is None
    kept.embedding = offline
    await kept.asave()
    await runner.run_out()
    first = await Index.objects.aget()
    other = await sync_to_async(factories.make_deployment)("other", kind="offline")
    await Collection.objects.aupdate(embedding=other)
    await runner.run_out()
    assert (await Index.objects.aget()).pk != first.pk
    assert await Vector.objects.acount() == await Chunk.objects.acount()
    assert (await search(kept, "parental"))[0].cosine > 0.1
    await Collection.objects.aupdate(embedding=None)
    await runner.run_out()
    assert not await Vector.objects.aexists()
    assert (await search(kept, "parental"))[0].cosine is None


async def test_an_index_that_lacks_vectors_is_completed(offline):
    """As when it was interrupted, or when two files were read at once into an empty collection."""
    kept = await collection(embedding=offline)
    await put(kept)
    await Vector.objects.all().adelete()
    await runner.run_out()
    assert await Vector.objects.acount() == await Chunk.objects.acount() > 0


async def test_an_embedding_that_does_not_answer_is_said(deployment, upstream):
    kept = await collection(embedding=deployment)
    upstream.fail(401)
    document = await put(kept)
    assert (document.state, document.reason) == (Stage.FAILED, "embedding_failed")


async def test_vectors_alone_need_vectors():
    kept = await collection()
    await put(kept)
    with pytest.raises(SourceVectors):
        await search(kept, "parental", query_type="vector")


async def test_a_matrix_follows_its_rows(offline):
    kept = await collection(embedding=offline)
    await put(kept)

    async def rows():
        found = await Collection.objects.aget(pk=kept.pk)
        return (await sync_to_async(vectors.matrix)(found)).ids.tolist()

    before = await rows()
    document = await put(kept, TRAVEL, "reise.md")
    assert set(before) < set(await rows())
    await sync_to_async(document.throw_away)()
    assert await rows() == before
    assert before == [
        each async for each in Chunk.objects.order_by("pk").filter(collection=kept).values_list("pk", flat=True)
    ]


async def test_the_test_goes_in_stages_and_names_what_there_is():
    kept = await collection()
    await put(kept)

    async def stages(name):
        source = data_sources.read({"type": "local", "parameters": {"collections": [name]}})
        adapter = retriever(Setting("x", source, Access(collections=frozenset({kept.pk}))))
        return [each async for each in adapter.stages()]

    assert [(each.name, each.fine) for each in await stages("Handbook")] == [("index", True), ("query", True)]
    failed = (await stages("Handbok"))[-1]
    assert not failed.fine
    assert "Handbook" in failed.detail


async def test_a_document_of_nothing_that_can_be_asked_is_still_ready():
    kept = await collection()
    assert (await put(kept, b"--- 1 --- the and of", "odd.txt")).state == Stage.READY
    assert await Document.objects.acount() == 1
