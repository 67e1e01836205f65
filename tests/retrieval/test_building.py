"""An index is one for each model, whoever begins it; who lost it, or is no longer wanted, changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import QuerySet

from conversations.models import Chunk, Collection, Index, Vector
from conversations.retrieval.ingest import building, runner
from tests import factories
from tests.retrieval.local import collection, put

pytestmark = pytest.mark.django_db(transaction=True)


def test_processes_that_begin_at_the_same_time_get_the_same_index(monkeypatch, offline):
    kept = Collection.objects.create(name="Handbook", embedding=offline)
    ready, get = Barrier(2), QuerySet.get

    def nothing_yet(self, *arguments, **named):
        try:
            return get(self, *arguments, **named)
        except Index.DoesNotExist:
            ready.wait(10)  # for the other one, who finds nothing either
            raise

    def begin(_: int) -> int:
        try:
            return kept.index_wanted().pk
        finally:
            connection.close()

    monkeypatch.setattr(QuerySet, "get", nothing_yet)
    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(begin, range(2)))) == 1
    assert Index.objects.count() == 1


async def begun(monkeypatch, offline, meanwhile):
    """Build an index of `kept`; `meanwhile` happens after its first passages were embedded."""
    kept = await collection()
    await put(kept)
    await Collection.objects.aupdate(embedding=offline)
    kept = await Collection.objects.select_related("embedding").aget()
    embedded = building.embedded

    async def slowly(*arguments):
        values = await embedded(*arguments)
        await sync_to_async(meanwhile)()
        return values

    monkeypatch.setattr(building, "embedded", slowly)
    return await building.build(kept, "mine")


async def test_who_lost_an_index_adds_nothing_to_it(monkeypatch, offline):
    assert not await begun(monkeypatch, offline, lambda: Index.objects.update(runner="another"))
    assert not await Vector.objects.aexists()
    assert (await Index.objects.aget()).runner == "another"


async def test_an_index_that_is_gone_ends_its_building(monkeypatch, offline):
    assert not await begun(monkeypatch, offline, lambda: Index.objects.all().delete())


async def test_an_index_that_is_no_longer_wanted_does_not_take_over(monkeypatch, offline):
    other = await sync_to_async(factories.make_deployment)("other", kind="offline")

    def change():
        Collection.objects.update(embedding=other)
        Collection.objects.get().index_wanted()

    assert not await begun(monkeypatch, offline, change)
    assert await Index.objects.acount() == 2
    assert (await Collection.objects.aget()).index_id is None
    monkeypatch.undo()
    await runner.run_out()
    assert (await Index.objects.aget()).deployment_id == other.pk
    assert await Vector.objects.acount() == await Chunk.objects.acount()
