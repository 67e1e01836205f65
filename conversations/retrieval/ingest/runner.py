"""The documents that this process reads, and the indexes it builds, one loop for as long as it lives.

Work is leased in the database, so that two processes never do it twice, and what a killed one had is done by another.
"""

import asyncio
import contextvars
import logging
import time
import uuid

from channels.db import database_sync_to_async
from django.db import models
from django.db.models.functions import Now

from conversations.completions.errors import CompletionError
from conversations.models import Collection, Document, Index, Stage, near
from conversations.models.document import WAITING, WORKING
from conversations.retrieval.apart import apart
from conversations.retrieval.ingest import building, calibrating
from conversations.retrieval.ingest.work import ingest
from conversations.retrieval.local import lexical

log = logging.getLogger(__name__)

RUNNER = uuid.uuid4().hex  # this process
AT_ONCE = 2  # documents; each has a child process
TICK = 1.0  # seconds between two looks at the queue
BEAT = 4.0  # seconds between renewals of leases
TEND = 5.0  # seconds between looks at what else is to be done
AGAIN = 60.0  # seconds before an index that could not be built is tried again

_reading: dict[asyncio.Task[None], int] = {}
_not_before: dict[int, float] = {}  # time.monotonic() from which a collection that failed is tried again
_wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None


def wake() -> None:
    """There is something in the queue: do not wait for the next tick. From any thread; a hint only."""
    if _wake is not None and not _wake[0].is_closed():
        _wake[0].call_soon_threadsafe(_wake[1].set)


async def keep_ingesting() -> None:
    """For as long as the process lives; what is in work when it is cancelled is queued again."""
    global _wake
    event = asyncio.Event()
    _wake = (asyncio.get_running_loop(), event)
    tending = asyncio.create_task(_keep_tending())
    beating = asyncio.create_task(_keep_beating())
    try:
        while True:
            event.clear()
            try:
                await _start()
            except Exception:  # whatever it is, the next look must come
                log.exception("Could not look for documents to read")
            waits = [asyncio.create_task(event.wait()), *_reading]
            await asyncio.wait(waits, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
            waits[0].cancel()
    finally:
        _wake = None
        for task in (tending, beating, *_reading):
            task.cancel()
        await asyncio.gather(tending, beating, *_reading, return_exceptions=True)
        await database_sync_to_async(_give_back)()


async def run_out() -> None:
    """Read all that is queued, then give indexes what they lack: for commands and tests. Other processes may help."""
    beating = asyncio.create_task(_keep_beating())
    try:
        while await _start() or _reading:
            if _reading:  # else what was begun has ended while the queue was looked at again
                await asyncio.wait(list(_reading), return_when=asyncio.FIRST_COMPLETED)
        await tend(calibrate=False)
    finally:
        beating.cancel()


async def _start() -> int:
    """Take from the queue what there is room for; how many documents that were."""
    started = 0
    while len(_reading) < AT_ONCE:
        document = await database_sync_to_async(_next)()
        if document is None:
            break
        task = asyncio.get_running_loop().create_task(_ingest(document), context=contextvars.Context())
        _reading[task] = document.pk
        task.add_done_callback(_reading.pop)
        started += 1
    return started


async def _ingest(document: Document) -> None:
    try:
        await ingest(document, RUNNER)
    except Exception:  # whatever it is, the loop goes on; after some tries the document fails
        log.exception("Document %s could not be read; its lease runs out, and it is read again", document.pk)


def _next() -> Document | None:
    return Document.objects.select_related("collection__index__deployment", "collection__embedding").next_for(RUNNER)


def _give_back() -> None:
    mine = Document.objects.filter(runner=RUNNER, state__in=WORKING)
    mine.update(state=Stage.QUEUED, runner="", beat_at=None, tries=0)


async def _keep_beating() -> None:
    while True:
        await asyncio.sleep(BEAT)
        mine = Document.objects.filter(pk__in=list(_reading.values()), runner=RUNNER, state__in=WORKING)
        try:
            await database_sync_to_async(mine.update)(beat_at=Now())
        except Exception:  # whatever it is, the next round must come
            log.exception("Leases of documents could not be renewed")


async def _keep_tending() -> None:
    while True:
        try:
            await apart(_sweep)()
            await tend()
        except Exception:  # whatever it is, the next round must come: lost documents and purges depend on it
            log.exception("Could not look after collections")
        await asyncio.sleep(TEND)


def _sweep() -> None:
    if swept := Document.objects.sweep():
        log.warning("%d documents were left by a process that ended; they are read again.", swept)
    Document.objects.purge()
    Collection.objects.purge()


async def tend(calibrate: bool = True) -> None:
    """Bring indexes and calibrations of all collections in order; those that did not change are not looked at."""
    for each in await apart(_untended)():
        if _not_before.get(each.pk, 0.0) > time.monotonic():
            continue
        if await _tend(each, calibrate):
            await apart(Collection.objects.filter(pk=each.pk).update)(tended=each.version)


def _untended() -> list[Collection]:
    compared = models.Q(embedding__isnull=False) | models.Q(index__isnull=False)  # few: not those of conversations
    changed = ~models.Q(version=models.F("tended"))
    found = Collection.objects.filter(compared | changed, deleted=None).select_related("embedding", "index__deployment")
    return [each for each in found if each.outdated or each.tended != each.version]


def _order_vectors(collection: Collection) -> None:
    """In the database, where it can find the nearest by itself."""
    index = Index.objects.filter(pk=collection.index_id or 0).first()
    near.tend(index.pk if index else None, index.dimensions if index else 0)


async def _tend(collection: Collection, calibrate: bool) -> bool:
    """True if nothing is left to be done at its present version."""
    try:
        if await apart(building.unfinished)(collection):
            if collection.embedding is None:
                await apart(building.drop)(collection)
            else:
                await building.build(collection, RUNNER)
            return False
        await apart(_order_vectors)(collection)
        waiting = collection.documents.filter(state__in=WAITING, deleted=None)
        if not calibrate or await apart(waiting.exists)():
            return False
        passages = await apart(lexical.passages)([collection.pk])
        if calibrating.outdated(collection, passages):
            await calibrating.calibrate(collection, passages)
    except (CompletionError, ValueError) as error:  # the latter: vectors of other dimensions than the index has
        log.warning("Collection %s could not be brought in order: %s", collection.pk, error)
        _not_before[collection.pk] = time.monotonic() + AGAIN
        return False
    return True
