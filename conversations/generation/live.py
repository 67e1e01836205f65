"""The text of a running answer, in this process; viewers are woken and pull from it at their own pace."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from conversations.models import RUNNING, State


@dataclass(frozen=True)
class Waiting:
    """A try failed and the next one comes at `until` (epoch seconds)."""

    error: str
    until: float


@dataclass(frozen=True)
class Search:
    """Documents are being looked for."""

    queries: tuple[str, ...]
    sources: tuple[str, ...]


class Live:
    """Nothing is queued and nothing is dropped: a slow viewer simply takes a bigger step."""

    def __init__(
        self,
        message: UUID,
        conversation: UUID,
        *,
        epoch: int,
        text: str = "",
        state: str = State.PENDING,
        structured: bool = False,
    ) -> None:
        self.message = message
        self.conversation = conversation
        self.epoch = epoch
        self.text = text
        self.state = state
        self.structured = structured  # JSON was asked for
        self.waiting: Waiting | None = None
        self.search: Search | None = None
        self.reading: tuple[str, ...] = ()  # names of attached files that it waits for
        self.version = 0
        self._changed = asyncio.Event()

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    def append(self, piece: str) -> None:
        """More text; the first of it turns thinking into writing."""
        self.text += piece
        self.state, self.waiting, self.search = State.STREAMING, None, None
        self.touch()

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def changed(self, seen: int, timeout: float | None = None) -> bool:
        """Wait until the version is another than `seen`; False if that took longer than `timeout` seconds."""
        if self.version != seen:
            return True
        if timeout is None:  # the way of nearly every delta: no clock is set
            await self._changed.wait()
            return True
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
