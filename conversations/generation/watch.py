"""Watching an answer, wherever it is written: here from its live text, elsewhere from its row and the layer.

A viewer subscribes to the layer first, then watches: the row is read after the subscription, so nothing falls in
between. What comes from the layer is spliced on only where it fits exactly; anything else means "read the row".
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async

from conversations.generation import runner
from conversations.generation.live import Live, Search, Waiting
from conversations.models import RUNNING, Message

REREAD = 3.0  # seconds without news after which the row is read again: the layer may be gone


@dataclass(frozen=True)
class View:
    """An answer at one moment. `text` is all of it so far; the last view of a watch is not running.

    `structured`: JSON was asked for.
    """

    epoch: int
    state: str
    text: str
    waiting: Waiting | None
    search: Search | None = None
    structured: bool = False
    reading: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        return self.state in RUNNING


class Mirror(Live):
    """The text of an answer that another process writes, shared by its viewers in this one."""

    lost = False

    def splice(self, epoch: int, offset: int, piece: str) -> bool:
        """Take over what is new in `piece`, which begins at `offset`; False if something is missing before it."""
        if epoch != self.epoch or offset > len(self.text):
            return False
        if offset + len(piece) > len(self.text):
            self.append(piece[len(self.text) - offset :])
        return True


_mirrors: WeakValueDictionary[UUID, Mirror] = WeakValueDictionary()


async def watch(message_id: UUID) -> AsyncGenerator[View, None]:
    """Views of the answer from now until it ended, each as late as the watcher can take it."""
    while True:
        here = runner.live(message_id)
        if here is not None:
            async for view in _follow(here, None):
                yield view
            return
        mirror = await _read(message_id)
        if mirror is None:
            return
        if runner.live(message_id) is None:
            async for view in _follow(mirror, REREAD):
                yield view
            if not mirror.running:
                return


def hear(event: dict[str, Any]) -> None:
    """Take a message of the layer that concerns an answer mirrored here."""
    mirror = _mirrors.get(UUID(event["message"]))
    if mirror is None:
        return
    ended = event["type"] == "answer.ended"
    if ended or not mirror.splice(event["epoch"], event["offset"], event["text"]):
        mirror.lost = True
        mirror.touch()


async def _follow(live: Live, patience: float | None) -> AsyncGenerator[View, None]:
    """Views until the end; with `patience` (a mirror) also back to the row when there is no news."""
    while True:
        seen = live.version
        view = View(live.epoch, live.state, live.text, live.waiting, live.search, live.structured, live.reading)
        yield view
        if not view.running:  # what was shown counts: it may have ended while the viewer was busy
            return
        news = await live.changed(seen, patience)
        if isinstance(live, Mirror) and (live.lost or not news):
            live.lost = False
            if await _read(live.message) is None:
                return
            if runner.live(live.message) is not None:
                return  # it is continued, and in this process


async def _read(message_id: UUID) -> Mirror | None:
    """The mirror of an answer, as new as its row; None if there is no such answer."""
    row = await database_sync_to_async(_row)(message_id)
    if row is None:
        return None
    message, epoch, structured = row
    mirror = _mirrors.get(message_id)
    if mirror is None:
        mirror = Mirror(message.pk, message.conversation_id, epoch=epoch)
        _mirrors[message_id] = mirror
    elif epoch == mirror.epoch and message.running and len(message.text) < len(mirror.text):
        return mirror  # the layer was ahead of the last checkpoint
    before = (mirror.epoch, mirror.state, mirror.text)
    mirror.epoch, mirror.state, mirror.text = epoch, message.state, message.text
    mirror.structured = structured
    if before != (mirror.epoch, mirror.state, mirror.text):
        mirror.touch()
    return mirror


def _row(message_id: UUID) -> tuple[Message, int, bool] | None:
    runner.mark_lost(Message.objects.filter(pk=message_id))
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return None
    last = message.attempts.order_by("-number").first()
    return (message, last.number, last.structured) if last else (message, 1, False)
