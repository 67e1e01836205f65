"""The answers that this process writes: starting, stopping, keeping their rows up to date, ending them in time.

One loop keeps all of them: checkpoints and leases every 0.8 s, stop requests from other processes, and text for
viewers elsewhere. It runs only while something is being written, and its queries in a thread of their own.
"""

import asyncio
import contextvars
import logging
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django import db
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from conversations.completions import net
from conversations.generation import evidence, publish
from conversations.generation.answer import Running, begin, tell_ended
from conversations.generation.live import Live
from conversations.models import Conversation, Message, MessageQuerySet, State
from conversations.models.message import LOST_AFTER

log = logging.getLogger(__name__)

TICK = 0.1  # seconds; text for other processes at most this often
CHECKPOINT = 0.8  # seconds
LOOK_FOR_STOPS = 0.4  # seconds
BATCH = 25  # rows of one checkpoint transaction: short enough for others to get a turn
SWEEP = 5.0  # seconds

P = ParamSpec("P")
T = TypeVar("T")

RUNNER = uuid.uuid4().hex  # this process
_running: dict[UUID, Running] = {}
_tasks: dict[asyncio.Task[None], UUID] = {}  # from `start` on; the loop itself holds tasks weakly
_keeper: asyncio.Task[None] | None = None
_draining = False
_leases = ThreadPoolExecutor(1, "leases", lambda: setattr(db.connection, "reserved", True))
_blind_since = -math.inf  # when the database last failed us: until leases can be renewed again, none is judged


class Draining(Exception):
    """The server is about to end and starts no more answers."""


def must_be_open() -> None:
    """Raises Draining: to be asked before a question is stored that nobody here would answer any more."""
    if _draining:
        raise Draining


def start(message_id: UUID) -> None:
    """Let a pending answer be written by a task of its own; returns at once. Call it after the commit.

    A process that ends meanwhile still takes it, and interrupts it like the others.

    The task starts from an empty context: one that inherits a request's dies at its first query when any
    middleware is synchronous.
    """
    context = contextvars.Context()
    loop = asyncio.get_running_loop()
    task = loop.create_task(_write(message_id), context=context, name=f"answer {message_id}")
    _tasks[task] = message_id
    task.add_done_callback(_tasks.pop)


async def stop(message_id: UUID) -> None:
    """End an answer early, in whichever process it runs; what came stays."""
    if running := _running.get(message_id):
        running.end(State.STOPPED)
    else:
        await database_sync_to_async(Message(pk=message_id).request_stop)()


def live(message_id: UUID) -> Live | None:
    """The live text of an answer that this process writes."""
    running = _running.get(message_id)
    return running.live if running else None


async def drain() -> None:
    """Let running answers end within the grace period, then interrupt them; no new ones start."""
    global _draining
    _draining = True
    try:
        await _all_ended(settings.GRACE_PERIOD)
        for running in _running.values():
            running.end(State.INTERRUPTED)
        await _all_ended(10)
    finally:
        await net.aclose()
        _draining = False


async def _all_ended(within: float) -> None:
    """Wait until no answer is written any more, for at most `within` seconds; some may begin meanwhile."""
    end = time.monotonic() + within
    while _tasks and (left := end - time.monotonic()) > 0:
        await asyncio.wait(list(_tasks), timeout=left)


def mark_lost(messages: MessageQuerySet) -> list[Message]:
    """Those of `messages` that a dead process left, marked interrupted.

    What this process writes is never among them: a machine that slept has leases that look lost, and only others
    may doubt them. Nor is anything right after the database failed: then nobody could renew a lease.
    """
    if time.monotonic() - _blind_since < LOST_AFTER.total_seconds():
        return []
    lost = messages.exclude(pk__in=list(_tasks.values())).sweep()
    for message in lost:
        evidence.check(message)
    return lost


async def sweep() -> None:
    """Mark answers of dead processes interrupted, and tell their viewers."""
    for message in await database_sync_to_async(mark_lost)(Message.objects.all()):
        log.warning("Answer %s was left by a process that ended; it is interrupted.", message.pk)
        await publish.ended(message.conversation_id, message.pk, message.owner_id)


async def keep_sweeping() -> None:
    """Sweep, and tend conversations whose time is over, for as long as the process lives, whatever fails."""
    while True:
        try:
            await sweep()
        except Exception as error:
            _failed(error, "Could not look for lost answers")
        for tend in (Conversation.objects.all().expire, Conversation.objects.all().purge):
            try:
                await database_sync_to_async(tend, thread_sensitive=False)()
            except Exception:  # says nothing about leases: lost answers are looked for all the same
                log.exception("Could not look after conversations whose time is over")
        await asyncio.sleep(SWEEP)


async def _write(message_id: UUID) -> None:
    running = await begin(message_id, RUNNER)
    if running is None:
        return
    _running[message_id] = running
    _keep()
    try:
        work = running.work
        telling = asyncio.create_task(publish.started(work.conversation, message_id, work.owner))
        await running.answer(RUNNER)
        await telling
    finally:
        del _running[message_id]
        if running.live.running:  # whatever happened: nobody writes it any more
            running.live.state = State.INTERRUPTED
        await tell_ended(running)


def _keep() -> None:
    global _keeper
    if _keeper is None or _keeper.done() or _keeper.get_loop() is not asyncio.get_running_loop():
        _keeper = asyncio.create_task(_keeping())


async def _keeping() -> None:
    saved = looked = time.monotonic()
    publishing: asyncio.Task[None] | None = None
    while _running:
        await asyncio.sleep(TICK)
        now = time.monotonic()
        try:
            if now - saved >= CHECKPOINT:
                saved = now
                await _checkpoint()
            if now - looked >= LOOK_FOR_STOPS:
                looked = now
                await _look_for_stops()
        except Exception as error:  # whatever it is, the next round must come: every lease depends on it
            _failed(error, "A checkpoint failed; the text is still in memory")
        # A layer that hangs must not hold up what is saved.
        if publish.shared() and (publishing is None or publishing.done()):
            publishing = asyncio.create_task(_publish_all())


def _in_time(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`function`, to be awaited: not behind all that pages ask for, since leases must be renewed in time."""
    found: Callable[P, Awaitable[T]] = database_sync_to_async(function, thread_sensitive=False, executor=_leases)
    return found


def _failed(error: Exception, what: str) -> None:
    global _blind_since
    if isinstance(error, db.Error):
        _blind_since = time.monotonic()
    log.error(what, exc_info=error)


async def _publish_all() -> None:
    await asyncio.gather(*[_publish(each) for each in list(_running.values())])


async def _checkpoint() -> None:
    everything = list(_running.values())
    for at in range(0, len(everything), BATCH):
        batch = [(each, each.live.text) for each in everything[at : at + BATCH]]
        held = await _in_time(_save)([(r.work.message, r.saved, t) for r, t in batch])
        for (running, text), kept in zip(batch, held, strict=True):
            if kept:
                running.saved = len(text)
            elif running.live.running and running.work.message in _running:
                running.end(None)


@transaction.atomic
def _save(rows: list[tuple[UUID, int, str]]) -> list[bool]:
    """Write the texts that grew, renew the leases; per row, whether it is still ours."""
    held = []
    for pk, saved, text in rows:
        message = Message(pk=pk)
        if len(text) > saved:
            held.append(message.checkpoint(RUNNER, text))
        else:
            mine = Message.objects.held_by(RUNNER).filter(pk=pk)
            held.append(bool(mine.update(beat_at=Now())))
    return held


async def _look_for_stops() -> None:
    def asked() -> list[UUID]:
        mine = Message.objects.held_by(RUNNER).filter(stop_requested=True)
        return list(mine.values_list("pk", flat=True))

    for pk in await _in_time(asked)():
        if running := _running.get(pk):
            running.end(State.STOPPED)


async def _publish(running: Running) -> None:
    if running.published != (length := len(running.live.text)):
        running.published = length
        offset = running.saved
        work, live = running.work, running.live
        await publish.text(work.conversation, work.message, live.epoch, offset, live.text[offset:])
