"""One answer, top to bottom: take the row, ask, keep the text, save how it ended, tell.

The task that runs this belongs to nobody's socket. It is never cancelled itself: `Running.end` cancels the part
that reads from upstream, so that saving always follows.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django import db
from django.db import transaction

from conversations import answering
from conversations.completions.draft import Draft
from conversations.completions.errors import CompletionError, PromptFiltered
from conversations.generation import evidence, files, publish
from conversations.generation.live import Live, Search, Waiting
from conversations.generation.work import Work, documents, load, outcome, record
from conversations.grounding import Check
from conversations.models import RUNNING, Conversation, Message, SearchText, State

log = logging.getLogger(__name__)

SAVE_WAITS = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 10.0)  # seconds between tries of a save that must not be lost

T = TypeVar("T")


class Running:
    """An answer that this process writes: its live text, and the means to end it early."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.live = Live(
            work.message,
            work.conversation,
            epoch=work.attempt.number,
            text=work.text,
            structured=work.attempt.structured,
        )
        self.draft = Draft()
        self.tries: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}
        self.documents: answering.Documents | None = None
        self.passages = list(work.read)
        self.checks: list[Check] = []
        self.saved = len(work.text)  # characters that the last checkpoint holds
        self.published = self.saved  # characters that other processes were told
        self.ending: State | None = None
        self._reading: asyncio.Task[None] | None = None
        self._started = time.monotonic()

    def end(self, state: State | None) -> None:
        """Stop reading from upstream; the answer ends as `state`, or unsaved if its lease was lost (None)."""
        self.ending = state
        if self._reading:
            self._reading.cancel()

    async def answer(self, runner: str) -> None:
        """Ask and save; afterwards the row says how it ended."""
        self._reading = asyncio.create_task(self._read())
        state, error = await self._outcome(self._reading)
        await self._check()
        if state is not None:
            state = await self._save(runner, state, error)
        if state is None:
            log.warning("Lost the lease of answer %s; what its row says counts.", self.work.message)
            state, self.live.text = await database_sync_to_async(self._left)()
        self.live.state, self.live.waiting = state, None

    async def _read(self) -> None:
        work = self.work
        if work.deployment is None:
            raise answering.Disabled("No deployment is chosen for this conversation.")
        if work.files:
            self._fact(**await files.wait(work.message, self.live, sees=work.deployment.sees))
        if work.sources or work.read or work.files:
            self.documents = await database_sync_to_async(documents)(work)
        parts = answering.stream(
            work.request, deployment=work.deployment, reader=work.reader, trim=work.kept, documents=self.documents
        )
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, answering.Found):
                    await self._patiently(partial(self._found, part))
                elif isinstance(part, answering.Notice):
                    self._notice(part)
                elif piece := self.draft.add(part):
                    self.facts.setdefault("first_token_ms", self._elapsed())
                    self.live.append(piece)

    def _notice(self, notice: answering.Notice) -> None:
        if isinstance(notice, answering.Tried):
            self.tries.append(
                {
                    "deployment": notice.deployment,
                    "error": notice.error,
                    "detail": notice.detail,
                    "request_id": notice.request_id,
                    "wait": round(notice.wait, 3),
                }
            )
            log.info("Answer %s: %s, trying again", self.work.message, notice.detail)
            if not notice.quiet:
                self.live.waiting = Waiting(notice.error, time.time() + notice.wait)
                self.live.touch()
        elif isinstance(notice, answering.FellBack):
            self.facts["deployment_id"] = notice.deployment
        elif isinstance(notice, answering.Trimmed):
            self._fact(sent=notice.sent, left_out=notice.left_out)
        elif isinstance(notice, answering.Searching):
            self.live.search = Search(tuple(notice.queries), tuple(notice.sources))
            self.live.touch()

    def _found(self, found: answering.Found) -> None:
        """Before the first token: a viewer who sees a citation finds its source."""
        evidence.keep(self.work.message, found.passages)
        self._fact(queries=found.queries, sources_left_out=found.left_out)
        self.passages = found.passages

    def _fact(self, **facts: Any) -> None:
        self.facts["facts"] = {**self.facts.get("facts", {}), **facts}

    async def _outcome(self, reading: asyncio.Task[None]) -> tuple[State | None, CompletionError | Exception | None]:
        try:
            await reading
        except asyncio.CancelledError:
            return self.ending, None
        except PromptFiltered as error:
            self.draft.judge_prompt(error.results)
            return State.FILTERED, error
        except CompletionError as error:
            log.info("Answer %s: %s: %s", self.work.message, error.code, error)
            return (State.INTERRUPTED if self.live.text else State.FAILED), error
        except Exception as error:
            log.exception("Answer %s failed", self.work.message)
            return (State.INTERRUPTED if self.live.text else State.FAILED), error
        return outcome(self.draft), None

    async def _check(self) -> None:
        """However it ended, what was written of it is checked; what cannot be checked is shown as such."""
        try:
            embed = self.documents.embed if self.documents else None
            self.checks = await answering.check(self.live.text, self.passages, embed)
        except Exception:  # the text is whole and must be saved; what was not checked is shown as such
            log.exception("The citations of answer %s could not be checked", self.work.message)

    async def _save(self, runner: str, state: State, error: Exception | None) -> State | None:
        """Save how it ended and return it; None if the lease was lost."""
        try:
            return state if await self._patiently(partial(self._finish, runner, state, error)) else None
        except db.Error:
            log.exception("Answer %s is given up", self.work.message)
            return State.INTERRUPTED  # the checkpoints are there, and the sweep will call it so too

    async def _patiently(self, save: Callable[[], T]) -> T:
        """What `save` returns, however long the database takes to let it. Raises db.Error if it never does."""
        for wait in SAVE_WAITS:
            try:
                return await database_sync_to_async(save)()
            except db.Error:
                log.exception("Answer %s could not be saved", self.work.message)
                await asyncio.sleep(wait)
        return await database_sync_to_async(save)()

    def _finish(self, runner: str, state: State, error: Exception | None) -> bool:
        facts: dict[str, Any] = {
            **self.facts,
            "tries": self.tries,
            "duration_ms": self._elapsed(),
            "error": "",
            "detail": "",
        }
        if isinstance(error, CompletionError):
            facts |= {"error": error.code, "detail": str(error)}
            self.draft.request_id = self.draft.request_id or error.request_id or ""
        elif error is not None:
            facts |= {"error": "internal", "detail": type(error).__name__}
        with transaction.atomic():
            held = Message(pk=self.work.message).finish(runner, self.live.text, state)
            if held:
                record(self.work, self.draft, self.passages, **facts)
                self._cite()
                Conversation(pk=self.work.conversation).news()
                SearchText.of_message(self._searched(), self.live.text)
        return held

    def _cite(self) -> None:
        if self.checks:
            evidence.cite(self.work.message, self.live.text, self.checks)

    def _searched(self) -> Message:
        conversation = Conversation(pk=self.work.conversation, temporary=self.work.temporary)
        return Message(pk=self.work.message, conversation=conversation, owner_id=self.work.owner)

    def _left(self) -> tuple[str, str]:
        """State and text of a row that is no longer ours; an answer that was deleted ended as well.

        If it was only called interrupted, and what it holds is the beginning of what we have, nothing is taken back.
        """
        ours = self.live.text
        row = Message.objects.filter(pk=self.work.message).values_list("state", "text").first()
        if row is None or row[0] in RUNNING:
            return State.INTERRUPTED, ours
        state, text = row
        if state == State.INTERRUPTED and ours.startswith(text):
            same = Message.objects.filter(pk=self.work.message, state=state, runner="", text=text)
            if same.update(text=ours):
                SearchText.of_message(self._searched(), ours)
                self._cite()
                text = ours
        return state, text

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)


async def begin(message_id: UUID, runner: str) -> Running | None:
    """Take the answer for this process, or None if it was already taken or ended."""
    work = await database_sync_to_async(load)(message_id, runner)
    return Running(work) if work else None


async def tell_ended(running: Running) -> None:
    """Wake the viewers here, and tell the others, now that the row is committed."""
    running.live.touch()
    work = running.work
    await publish.ended(work.conversation, work.message, work.owner)
