"""The socket of a conversation: it tells, and is never told to do anything. Commands go over HTTP.

It relays: authorise, subscribe, snapshot, follow. Before the first event the conversation is found again through
the person: whoever connected to an address that is not theirs (yet) is told nothing.
"""

import asyncio
import itertools
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress
from functools import partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django import db
from django.utils import translation

from conversations import generation, second_factor
from conversations.generation import publish, pulse
from conversations.models import State
from conversations.outage import no_database
from conversations.rendering import Screen
from conversations.viewer import Viewer
from conversations.views import present

log = logging.getLogger(__name__)

LONGEST_FRAME = 200  # characters that a client may send
SIGNED_OUT = 4401  # close code; the page forgets what was typed and asks to sign in
SIDEBAR_GAP = 0.3  # seconds
STAY = 12  # pings between two notes that a page is open, much less than a temporary one outlives it
PING = 25.0  # seconds; proxies cut sockets that are silent for a minute
MOST_FRAMES = 2000  # of text a second, by one process to all its pages: more would only make each of them late
SHORTEST_GAP = 0.02  # seconds between two frames of a page that are worth a clock
AGAIN = 2.0  # seconds after which a database that was away is asked again

_relays: set["asyncio.Task[None]"] = set()  # that follow an answer now


class ConversationConsumer(AsyncWebsocketConsumer):
    viewer: Viewer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.following: dict[UUID, asyncio.Task[None]] = {}
        self.told_end: set[UUID] = set()  # their last state was sent, and nothing follows it
        self.sending = asyncio.Lock()  # one send in flight: two would reorder
        self.joined: list[str] = []
        self.listing: asyncio.Task[None] | None = None
        self.pinging: asyncio.Task[None] | None = None

    async def __call__(self, *args: Any) -> None:
        """Until the socket is closed, or a handler fails: Channels' own `disconnect` comes only after the former."""
        try:
            await super().__call__(*args)
        finally:
            await self._leave()

    async def connect(self) -> None:
        person = self.scope["user"]
        outside = not person.is_authenticated or not person.is_active
        if outside or await database_sync_to_async(second_factor.missing)(person, self.scope["session"]):
            await self.accept()  # a refusal before it tells a browser nothing
            await self.close(code=SIGNED_OUT)
            raise StopConsumer  # whatever it still sends is nobody's
        conversation = self.scope["url_route"]["kwargs"]["conversation"]
        accepted = dict(self.scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        language = present.language_of(person, accepted)
        zone = present.zone_of(person, self.scope["cookies"].get("zone", ""))
        session = self.scope["session"].session_key
        self.viewer = Viewer(person, conversation, language=language, zone=zone, session=session)
        for group in (publish.conversation_group(conversation), publish.person_group(person.pk)):
            self.joined.append(group)
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        self.pinging = asyncio.create_task(self._ping())
        pulse.join(self._come_again)
        articles, running = await database_sync_to_async(self.viewer.begun)(self.scope["query_string"])
        for article in articles:
            await self._tell(article)
        for message in running:
            self._follow(message)

    async def _leave(self) -> None:
        for task in [*self.following.values(), self.pinging, self.listing]:
            if task is not None:
                task.cancel()
        pulse.leave(self._come_again)
        for group in self.joined:
            try:
                await self.channel_layer.group_discard(group, self.channel_name)
            except Exception as error:  # which errors there are depends on the layer
                log.warning("A socket could not leave its group: %r", error)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            frame = json.loads(text_data or "")
            kind = frame["type"] if len(text_data or "") <= LONGEST_FRAME else ""
            message = UUID(frame["message"]) if kind == "resync" else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            kind, message = "", None
        if message is not None:
            if await database_sync_to_async(self.viewer.message)(message):
                self._follow(message)
        elif kind != "pong":
            await self.close(code=4400)

    # What the layer brings

    async def answer_started(self, event: dict[str, Any]) -> None:
        message = UUID(event["message"])
        found = await database_sync_to_async(self.viewer.articles)(message)
        for article in found:
            await self._tell(article)
        if found:
            # Every page has a new answer as pending. What else it is goes as a state: an article that is known is
            # not looked at again.
            fresh = (found[-1]["epoch"], found[-1]["state"]) == (1, State.PENDING)
            self._follow(message, (1, State.PENDING, None, None, ()) if fresh else ())

    async def answer_text(self, event: dict[str, Any]) -> None:
        generation.hear(event)

    async def answer_ended(self, event: dict[str, Any]) -> None:
        generation.hear(event)
        message = UUID(event["message"])
        if message in self.following or message in self.told_end:
            return
        if await database_sync_to_async(self.viewer.message)(message):
            self._follow(message)

    async def session_ended(self, event: dict[str, Any]) -> None:
        if event["session"] == self.viewer.session:
            await self.close(code=SIGNED_OUT)

    async def person_changed(self, event: dict[str, Any]) -> None:
        if not await database_sync_to_async(self.viewer.signed_in)():
            await self.close(code=SIGNED_OUT)

    async def sidebar_changed(self, event: dict[str, Any]) -> None:
        if self.listing is None or self.listing.done():
            self.listing = asyncio.create_task(self._patiently(self._list))

    # Following an answer: a task of its own, because handlers run one after the other

    def _follow(self, message: UUID, told: tuple[Any, ...] = ()) -> None:
        """Send the answer from its first block on, and go on until it ends; `told` is what the page shows of it."""
        if known := self.following.pop(message, None):
            known.cancel()
        self.told_end.discard(message)
        task = asyncio.create_task(self._patiently(partial(self._relay, message, told)))
        self.following[message] = task
        _relays.add(task)
        task.add_done_callback(_relays.discard)
        task.add_done_callback(lambda done: self._followed(message, done))

    def _followed(self, message: UUID, task: asyncio.Task[None]) -> None:
        if self.following.get(message) is task:
            del self.following[message]
        if not task.cancelled() and (error := task.exception()):
            log.error("Following answer %s failed", message, exc_info=error)

    async def _patiently(self, showing: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Until it is shown, from its beginning if the database went away meanwhile."""
        while True:
            try:
                return await showing()
            except db.Error as error:
                if not no_database(error):
                    raise
                log.exception("A page waits for the database")
            await asyncio.sleep(AGAIN)

    async def _relay(self, message: UUID, told: tuple[Any, ...]) -> None:
        with translation.override(self.viewer.language):
            screen = Screen(present.labels())
        fresh, cited, looked = True, None, False
        async with aclosing(generation.watch(message)) as views:
            async for view in views:
                if "[doc" in view.text and not (looked and view.running):
                    cited, looked = await database_sync_to_async(self.viewer.cited)(message), True
                frame = screen.show(view.text, final=not view.running, structured=view.structured, cited=cited)
                if fresh or frame is not None:
                    start, html = (frame.start, frame.html) if frame else (0, [])
                    await self._tell(
                        {
                            "type": "blocks",
                            "message": str(message),
                            "epoch": view.epoch,
                            "from": start,
                            "html": html,
                        }
                    )
                    fresh = False
                if told != (now := (view.epoch, view.state, view.waiting, view.search, view.reading)):
                    told = now
                    if state := await database_sync_to_async(self.viewer.state)(message, view):
                        await self._tell(state)
                if (gap := len(_relays) / MOST_FRAMES) > SHORTEST_GAP and view.running:
                    await asyncio.sleep(gap)
        self.told_end.add(message)
        if await database_sync_to_async(self.viewer.seen)():
            await publish.sidebar(self.viewer.person.pk)

    async def _tell(self, event: dict[str, Any]) -> None:
        # Whoever leaves is noticed here first; `_leave` follows and ends what still tells.
        async with self.sending:
            with suppress(OSError):
                await self.send(json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    async def _list(self) -> None:
        """Changes come in flocks, and only the last list counts."""
        await asyncio.sleep(SIDEBAR_GAP)
        html = await database_sync_to_async(self.viewer.sidebar)()
        await self._tell({"type": "sidebar", "html": html})

    async def _come_again(self) -> None:
        """What was missed is told on connecting, and nowhere else."""
        await self.close(code=1012)

    async def _ping(self) -> None:
        for at in itertools.count(1):
            await asyncio.sleep(PING)
            await self._tell({"type": "ping"})
            if at % STAY == 0:
                await self._stay()

    async def _stay(self) -> None:
        try:
            await database_sync_to_async(self.viewer.stay)()
        except db.Error:
            log.exception("A temporary conversation could not be kept; the next time it is tried again")
