"""What a collection learns of its own passages: both signals count, and few of its own questions are refused."""

import pytest
from asgiref.sync import sync_to_async

from conversations.demo import HANDBOOK
from conversations.models import Chunk, Collection
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from conversations.retrieval.ingest.calibrating import calibrate
from conversations.retrieval.signals import Calibration
from tests import factories
from tests.retrieval.local import collection

pytestmark = pytest.mark.django_db(transaction=True)


async def test_nearness_of_meaning_counts_beside_words():
    """Questions ask in other words, but mean what their passage says: else a cosine would seem to tell nothing."""
    embedder = await sync_to_async(factories.make_deployment)("embedder", kind="offline")
    kept = await collection(embedding=embedder)
    for file in sorted((HANDBOOK / "sources").glob("*.md")):
        await sync_to_async(add)(kept, file.name, file.read_bytes(), None)
    await runner.run_out()
    kept = await Collection.objects.select_related("index__deployment").aget(pk=kept.pk)
    await calibrate(kept, await Chunk.objects.acount())
    await kept.arefresh_from_db()
    learnt = Calibration.read(kept.calibration)
    assert learnt.vectors
    assert learnt.closeness > 0.8 * learnt.coverage, learnt
    assert sorted(learnt.thresholds) == list(learnt.thresholds)
