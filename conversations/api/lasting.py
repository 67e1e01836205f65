"""What a program is being answered lasts for as long as its key may ask: one look a second for all of this process.

What the server, as it ends, cannot wait for is ended in words too: cut off, it would be no answer.
"""

import asyncio
import contextvars
import logging
from collections.abc import AsyncGenerator, Awaitable, Collection, Iterable, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from django import db

from conversations.api.errors import SERVER, ApiError
from conversations.models import ApiKey, DataSource, Deployment, Reader
from conversations.outage import SOON
from conversations.retrieval.apart import apart

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks
BATCH = 50  # rights that one look is for, a query each: hundreds of keys at once wait a little longer
TAKEN = "This API key, or what it was asking, was taken away while the answer was written."
RESTARTING = "The server is restarting, and the answer could not be ended. Ask again in a few seconds."

T = TypeVar("T")
Right = tuple[Reader, int, frozenset[int]]


class Lasting:
    """One answer, by `deployment` from `sources`, to the key of `reader`: it ends when one of them is taken away."""

    def __init__(self, reader: Reader, deployment: int, sources: Iterable[int] = ()) -> None:
        self.right: Right = reader, deployment, frozenset(sources)
        self._ended: ApiError | None = None
        self._clock: asyncio.Timeout | None = None

    async def one(self, awaited: Awaitable[T]) -> T:
        """What comes of it; raises ApiError (403) as soon as a look finds that it may not be waited for, or 503."""
        with self._watched():
            return await self._wait(awaited)

    async def each(self, parts: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """`parts` as they come, with the same end; they are closed with it."""
        with self._watched():
            async with aclosing(parts):
                while (part := await self._wait(anext(parts, None))) is not None:
                    yield part
                    if self._ended:
                        raise self._ended

    def end(self, why: ApiError) -> None:
        self._ended = why
        if self._clock:
            self._clock.reschedule(asyncio.get_running_loop().time())

    @contextmanager
    def _watched(self) -> Iterator[None]:
        _open.add(self)
        _keep_looking()
        try:
            yield
        finally:
            _open.discard(self)

    async def _wait(self, awaited: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(None) as self._clock:
                return await awaited
        except TimeoutError:
            if self._ended:
                raise self._ended from None
            raise
        finally:
            self._clock = None


_open: set[Lasting] = set()
_looker: asyncio.Task[None] | None = None


def _keep_looking() -> None:
    global _looker
    if _looker is None or _looker.done() or _looker.get_loop() is not asyncio.get_running_loop():
        # From an empty context: a request's own ends with it, and its thread of the database too.
        _looker = asyncio.get_running_loop().create_task(_looking(), context=contextvars.Context())


async def _looking() -> None:
    while _open:
        await asyncio.sleep(LOOK)
        rights = list({each.right for each in _open})
        for at in range(0, len(rights), BATCH):
            if at:
                await asyncio.sleep(LOOK)
            try:
                lost = await apart(_lost)(rights[at : at + BATCH])
            except db.Error:
                log.exception("Could not look whether keys may still ask")
                continue
            for each in [each for each in _open if each.right in lost]:
                each.end(ApiError(403, TAKEN, type="permission_error", code="access_revoked"))


def _lost(rights: Collection[Right]) -> set[Right]:
    """Those whose key was revoked or has expired, or whose owner was suspended, lost the deployment or a source."""
    keys = ApiKey.objects.live().filter(pk__in={each[0].key_id for each in rights})
    live = set(keys.values_list("pk", flat=True))
    return {each for each in rights if each[0].key_id not in live or not _granted(*each)}


def _granted(reader: Reader, deployment: int, sources: frozenset[int]) -> bool:
    if not Deployment.objects.for_reader(reader).filter(pk=deployment).exists():
        return False
    return not sources or DataSource.objects.for_reader(reader).filter(pk__in=sources).count() == len(sources)


def end_all() -> None:
    """The server has to end now: so does all that is being answered."""
    for each in list(_open):
        each.end(ApiError(503, RESTARTING, type=SERVER, code="server_restarting", wait=SOON))
