"""The socket of a conversation: it tells, and is never told to do anything. Commands go over HTTP.

It relays: authorise, subscribe, snapshot, follow. Before the first event the conversation is found again through
the person: whoever connected to an address that is not theirs (yet) is told nothing.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from conversations import generation
from conversations.generation import publish, pulse
from conversations.models import Conversation, Message, Role, State, User
from conversations.rendering import Screen
from conversations.views import present, sidebar
from conversations.views.access import find_conversation, find_message

log = logging.getLogger(__name__)

LONGEST_FRAME = 200  # characters that a client may send
SIGNED_OUT = 4401
SIDEBAR_GAP = 0.3  # seconds
PING = 25.0  # seconds; proxies cut sockets that are silent for a minute
MOST_FRAMES = 2000  # of text a second, by one process to all its pages: more would only make each of them late
SHORTEST_GAP = 0.02  # seconds between two frames of a page that are worth a clock

_relays: set["asyncio.Task[None]"] = set()  # that follow an answer now


class ConversationConsumer(AsyncWebsocketConsumer):
    person: User
    conversation: UUID

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
        if not person.is_authenticated or not person.is_active:
            await self.accept()  # a refusal before it tells a browser nothing
            await self.close(code=SIGNED_OUT)
            return
        self.person = person
        self.conversation = self.scope["url_route"]["kwargs"]["conversation"]
        headers = dict(self.scope["headers"])
        accepted = headers.get(b"accept-language", b"").decode("latin-1")
        self.language = present.language_of(person, accepted)
        for group in (publish.conversation_group(self.conversation), publish.person_group(person.pk)):
            self.joined.append(group)
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        self.pinging = asyncio.create_task(self._ping())
        pulse.join(self._come_again)
        articles, running = await database_sync_to_async(self._begun)()
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
            if await database_sync_to_async(self._message)(message):
                self._follow(message)
        elif kind != "pong":
            await self.close(code=4400)

    # What the layer brings

    async def answer_started(self, event: dict[str, Any]) -> None:
        message = UUID(event["message"])
        found = await database_sync_to_async(self._articles)(message)
        for article in found:
            await self._tell(article)
        if found:
            # Every page has a new answer as pending. What else it is goes as a state: an article that is known is
            # not looked at again.
            fresh = (found[-1]["epoch"], found[-1]["state"]) == (1, State.PENDING)
            self._follow(message, (1, State.PENDING, None) if fresh else ())

    async def answer_text(self, event: dict[str, Any]) -> None:
        generation.hear(event)

    async def answer_ended(self, event: dict[str, Any]) -> None:
        generation.hear(event)
        message = UUID(event["message"])
        if message in self.following or message in self.told_end:
            return
        if await database_sync_to_async(self._message)(message):
            self._follow(message)

    async def session_ended(self, event: dict[str, Any]) -> None:
        if event["session"] == self.scope["session"].session_key:
            await self.close(code=SIGNED_OUT)

    async def person_changed(self, event: dict[str, Any]) -> None:
        if not await database_sync_to_async(self._signed_in)():
            await self.close(code=SIGNED_OUT)

    async def sidebar_changed(self, event: dict[str, Any]) -> None:
        if self.listing is None or self.listing.done():
            self.listing = asyncio.create_task(self._list())

    # Following an answer: a task of its own, because handlers run one after the other

    def _follow(self, message: UUID, told: tuple[Any, ...] = ()) -> None:
        """Send the answer from its first block on, and go on until it ends; `told` is what the page shows of it."""
        if known := self.following.pop(message, None):
            known.cancel()
        self.told_end.discard(message)
        task = asyncio.create_task(self._relay(message, told))
        self.following[message] = task
        _relays.add(task)
        task.add_done_callback(_relays.discard)
        task.add_done_callback(lambda done: self._followed(message, done))

    def _followed(self, message: UUID, task: asyncio.Task[None]) -> None:
        if self.following.get(message) is task:
            del self.following[message]
        if not task.cancelled() and (error := task.exception()):
            log.error("Following answer %s failed", message, exc_info=error)

    async def _relay(self, message: UUID, told: tuple[Any, ...]) -> None:
        with translation.override(self.language):
            screen = Screen(present.labels())
        fresh = True
        async with aclosing(generation.watch(message)) as views:
            async for view in views:
                frame = screen.show(view.text, final=not view.running)
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
                if told != (now := (view.epoch, view.state, view.waiting)):
                    told = now
                    if state := await database_sync_to_async(self._state)(message, view):
                        await self._tell(state)
                if (gap := len(_relays) / MOST_FRAMES) > SHORTEST_GAP and view.running:
                    await asyncio.sleep(gap)
        self.told_end.add(message)
        if await database_sync_to_async(self._seen)():
            await publish.sidebar(self.person.pk)

    async def _tell(self, event: dict[str, Any]) -> None:
        # Whoever leaves is noticed here first; `disconnect` follows and ends what still tells.
        async with self.sending:
            with suppress(OSError):
                await self.send(json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    async def _list(self) -> None:
        """Changes come in flocks, and only the last list counts."""
        await asyncio.sleep(SIDEBAR_GAP)
        html = await database_sync_to_async(self._sidebar)()
        await self._tell({"type": "sidebar", "html": html})

    async def _come_again(self) -> None:
        """What was missed is told on connecting, and nowhere else."""
        await self.close(code=1012)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING)
            await self._tell({"type": "ping"})

    # The database's side, in its thread

    def _signed_in(self) -> bool:
        """Is the session that opened this socket still one of an active person, with today's password?"""
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(self.scope["session"].session_key)
        return bool(get_user(request).is_authenticated)

    def _begun(self) -> tuple[list[dict[str, Any]], list[UUID]]:
        """Articles that the page has missed, and answers to follow: being written, or not as the page has them."""
        try:
            mine = find_conversation(self.person, self.conversation)
        except Http404:
            return [], []
        asked = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        last, state = (asked.get(name, [None])[0] for name in ("after", "state"))
        followed = mine.messages.running()
        if last and last == str(mine.leaf_id) and state:
            followed |= mine.messages.filter(pk=last, role=Role.ASSISTANT).exclude(state=state)
        return self._missed(mine, last), list(followed.values_list("pk", flat=True))

    def _message(self, message: UUID) -> Message | None:
        try:
            found = find_message(self.person, self.conversation, message)
        except Http404:
            return None
        return found if found.role == Role.ASSISTANT else None

    def _articles(self, message: UUID) -> list[dict[str, Any]]:
        """The question and the answer, as articles; nothing unless they are this person's."""
        answer = self._message(message)
        if answer is None or answer.parent is None:
            return []
        return self._as_articles(answer.conversation, [answer.parent, answer])

    def _missed(self, mine: Conversation, last: str | None) -> list[dict[str, Any]]:
        """Articles of the current branch that follow the last one on the page; none if the page is elsewhere."""
        if last is None or last == str(mine.leaf_id or ""):
            return []
        path = mine.path()
        ids = [str(each.pk) for each in path]
        if last and last not in ids:
            return []
        return self._as_articles(mine, path[ids.index(last) + 1 :] if last else path)

    def _as_articles(self, conversation: Conversation, messages: list[Message]) -> list[dict[str, Any]]:
        with self._in_their_words():
            return [
                {
                    "type": "article",
                    "message": shown["id"],
                    "parent": shown["parent"] or None,
                    "epoch": shown["epoch"],
                    "state": shown["state"],
                    "html": render_to_string("conversations/_article.html", {"message": shown, "person": self.person}),
                }
                for shown in present.turns(conversation, messages)
            ]

    def _state(self, message: UUID, view: generation.View) -> dict[str, Any] | None:
        answer = self._message(message)
        if answer is None:
            return None
        with self._in_their_words():
            shown = present.one(answer.conversation, answer, view)
            html = render_to_string("conversations/_article.html", {"message": shown, "person": self.person})
        return {
            "type": "state",
            "message": str(message),
            "epoch": view.epoch,
            "state": str(view.state),
            "html": html,
        }

    def _seen(self) -> bool:
        return Conversation.objects.for_user(self.person).filter(pk=self.conversation).seen()

    def _sidebar(self) -> str:
        with self._in_their_words():
            context = sidebar.listing(self.person, self.conversation)
            return render_to_string("conversations/_sidebar_list.html", context)

    @contextmanager
    def _in_their_words(self) -> Iterator[None]:
        with translation.override(self.language), timezone.override(self.person.time_zone):
            yield
