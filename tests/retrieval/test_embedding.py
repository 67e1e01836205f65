"""Vectors are made by deployments that may be asked: for questions, documents, and what sureness means."""

import pytest
from asgiref.sync import sync_to_async

from conversations.completions.errors import Disabled
from conversations.models import Call, Collection, Deployment, Document
from conversations.retrieval.embedding import embed
from conversations.retrieval.ingest import calibrating, runner
from tests import factories
from tests.retrieval.local import collection, put, search

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def kept():
    """A collection with vectors, whose deployment is disabled afterwards."""
    embedder = await sync_to_async(factories.make_deployment)("embedder", kind="offline")
    made = await collection(embedding=embedder)
    await put(made)
    await Deployment.objects.aupdate(enabled=False)
    return made


async def test_a_disabled_deployment_embeds_no_document(kept):
    document = await put(kept, b"# Travel\n\nTrains are booked in second class.", "travel.md")
    assert (document.state, document.reason) == ("failed", "embedding_failed")


async def test_nor_an_index_that_was_begun(kept):
    await Collection.objects.aupdate(index=None)
    await kept.indexes.all().adelete()
    await runner.tend(calibrate=False)
    assert await kept.indexes.filter(failed="disabled").aexists()


async def test_nor_what_a_collection_is_calibrated_with(kept):
    fresh = await Collection.objects.select_related("index__deployment").aget(pk=kept.pk)
    fresh.index.deployment.enabled = True  # as it was read before
    with pytest.raises(Disabled):
        await calibrating.calibrate(fresh, calibrating.FEWEST)


async def test_nor_a_question(kept):
    with pytest.raises(Exception, match="is disabled"):
        await search(kept, "parental leave")


async def test_tokens_are_written_down_with_who_caused_them(kept):
    await Deployment.objects.aupdate(enabled=True)
    uploader = await sync_to_async(factories.make_person)("uploader")
    await Call.objects.all().adelete()
    await Document.objects.aupdate(uploader=uploader, state="queued", runner="")
    await runner.run_out()
    await search(kept, "parental leave", reader=uploader.reader())
    calls = [each async for each in Call.objects.order_by("pk")]
    assert [(each.purpose, each.person_id) for each in calls] == [("embedding", uploader.pk)] * 2
    assert all(each.prompt and not each.completion and each.deployment_id for each in calls)


async def test_an_upstream_that_does_not_count_is_called_all_the_same(upstream):
    upstream.raw(b'{"data": [{"index": 0, "embedding": [1.0]}], "usage": {"prompt_tokens": "many"}}')
    assert await embed(["leave"], upstream.endpoint(), reader=None, input_type="query") == [[1.0]]
    call = await Call.objects.aget()
    assert (call.prompt, call.cost, call.deployment_id) == (0, None, None)
