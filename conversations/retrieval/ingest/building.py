"""Indexes of a collection: one for another model is built beside the one in use, and takes its place whole."""

import logging

from django.db import models, transaction
from django.db.models.functions import Now

from conversations.completions.errors import CompletionError
from conversations.models import Chunk, Collection, Index, Vector, made_by
from conversations.models.document import LOST_AFTER
from conversations.retrieval.apart import apart
from conversations.retrieval.ingest.embedding import BATCH, embedded, text_of

log = logging.getLogger(__name__)


class Lost(Exception):
    """The index is another process's now, or gone, or no longer wanted: nothing more is written to it."""


async def build(collection: Collection, runner: str) -> bool:
    """Give every passage a vector of the model that is wanted, then search by those.

    False: somebody else is at it, or it is no longer wanted.

    Raises CompletionError; what was embedded by then stays, and the next try goes on from there.
    """
    index = await apart(_take)(collection, runner)
    if index is None:
        return False
    try:
        while not await apart(_switch)(index, runner):
            chunks = await apart(_lacking)(index)
            values = await embedded([text_of(each.document.title, each) for each in chunks], index, _nobody)
            await apart(_add)(index, chunks, values, runner)
    except Lost:
        return False
    except CompletionError as error:
        log.warning("Collection %s could not be embedded: %s", collection.pk, error)
        await apart(_mine(index, runner).update)(runner="", beat_at=None, failed=error.code[:40])
        raise
    return True


def unfinished(collection: Collection) -> bool:
    """Has it passages without a vector that they should have, or an index that is no longer wanted?"""
    if collection.outdated:
        return True
    return collection.index is not None and _without(collection.index).exists()


def drop(collection: Collection) -> None:
    """From now on by words alone."""
    with transaction.atomic():
        Collection.objects.filter(pk=collection.pk).update(index=None, calibrated=0, calibration=None)
        collection.changed()
        collection.indexes.all().delete()


async def _nobody(done: int) -> None:
    """Nobody waits for it."""


def _take(collection: Collection, runner: str) -> Index | None:
    index = collection.index_wanted()
    free = models.Q(runner="") | models.Q(runner=runner) | models.Q(beat_at__lt=Now() - LOST_AFTER * 6)
    taken = Index.objects.filter(free, pk=index.pk).update(runner=runner, beat_at=Now(), failed="")
    return index if taken else None


def _mine(index: Index, runner: str) -> "models.QuerySet[Index]":
    return Index.objects.filter(pk=index.pk, runner=runner)


def _without(index: Index) -> "models.QuerySet[Chunk]":
    has = Vector.objects.filter(index=index, chunk=models.OuterRef("pk"))
    return Chunk.objects.current().filter(~models.Exists(has), collection=index.collection_id)


def _lacking(index: Index) -> list[Chunk]:
    return list(_without(index).select_related("document").order_by("pk")[:BATCH])


def _add(index: Index, chunks: list[Chunk], values: list[bytes], runner: str) -> None:
    """Passages that were replaced meanwhile need none."""
    facts = {"dimensions": len(values[0]) // 4} if values else {}
    with transaction.atomic():
        if not _mine(index, runner).update(beat_at=Now(), **facts):
            raise Lost
        there = set(Chunk.objects.filter(pk__in=[each.pk for each in chunks]).values_list("pk", flat=True))
        pairs = zip(chunks, values, strict=True)
        Vector.keep([Vector(index=index, chunk=each, value=value) for each, value in pairs if each.pk in there])


def _switch(index: Index, runner: str) -> bool:
    """Search by this index from now on, if it is whole."""
    with transaction.atomic():
        collection = Collection.objects.select_for_update().get(pk=index.collection_id)
        wanted = collection.embedding is not None and made_by(collection.embedding) == index.made_by
        if not wanted or not _mine(index, runner).exists():
            raise Lost
        if _without(index).exists():
            return False
        if collection.index_id != index.pk:
            Collection.objects.filter(pk=collection.pk).update(index=index, calibrated=0, calibration=None)
        collection.changed()
        collection.indexes.exclude(pk=index.pk).delete()
        _mine(index, runner).update(runner="", beat_at=None)
    return True
