"""What the adapters of external stores share: embedding a query, passages from documents, and the stages of *Test*."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from conversations.completions.data_sources import SECRET
from conversations.completions.errors import CompletionError
from conversations.retrieval.access import excluded
from conversations.retrieval.base import Hit, Setting, Stage
from conversations.retrieval.errors import (
    RetrievalError,
    SourceAnswer,
    SourceDown,
    SourceFields,
    SourceForbidden,
    SourceIndex,
    SourceKey,
    SourceUnreachable,
    SourceVectors,
)
from conversations.retrieval.http import Http

PROBE = "What is this about?"  # embedded by *Test*
WORDS = 8  # of a document that *Test* looks for

Facts = Mapping[str, str]
"""Stage → what was found, in words."""
Step = tuple[Sequence[str], Callable[[], Awaitable[Facts]]]
"""The stages that one request proves, in their order, and the request."""

# Where an error belongs, whichever request it came from.
PLACES: dict[type[RetrievalError], str] = {
    SourceUnreachable: "reach",
    SourceForbidden: "reach",
    SourceDown: "reach",
    SourceAnswer: "reach",
    SourceKey: "sign_in",
    SourceIndex: "index",
    SourceFields: "fields",
}


class Store(ABC):
    """An adapter derives from this and says `find` and `steps`."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.name = setting.name
        self.given: Any = setting.source.parameters
        signing = self.given.authentication
        self.hidden = {text for each in SECRET if (text := getattr(signing, each, ""))}  # what no error may repeat
        self.reading = asyncio.Lock()  # several queries are asked at once, and read about the index once
        self.dimensions: int | None = None  # of the index, where `steps` found out
        self._length = 0  # of what the embedding makes

    @abstractmethod
    async def find(self, query: str, limit: int) -> list[Hit]:
        """What `search` promises, for somebody who may find something."""

    @abstractmethod
    def steps(self) -> list[Step]:
        """Everything that *Test* does before it embeds and searches."""

    async def search(self, query: str, limit: int) -> list[Hit]:
        self.hidden.add(query)
        return [] if excluded(self.setting) else await self.find(query, limit)

    def http(self, base: str, headers: Mapping[str, str]) -> Http:
        return Http(self.name, base, headers, self.hidden, self.setting.reach)

    async def widen(self, hits: list[Hit]) -> list[Hit]:
        return hits

    async def weights(self, words: Collection[str]) -> Mapping[str, float] | None:
        return None

    async def aclose(self) -> None:  # noqa: B027  most hold nothing, and need not say so
        """Nothing is held."""

    async def vector(self, text: str) -> list[float]:
        """`text` as the source's embedding sees it; raises SourceVectors."""
        if self.setting.embed is None:
            raise SourceVectors(self.name, "It compares vectors, but no embedding is set up. Choose one.")
        try:
            return (await self.setting.embed([text]))[0]
        except RetrievalError:
            raise
        except CompletionError as error:
            raise SourceVectors(self.name, f"Its embedding failed. Test that deployment. ({error})") from error

    async def stages(self) -> AsyncIterator[Stage]:
        for names, ask in [*self.steps(), *self._trials()]:
            started = time.monotonic()
            wrong: RetrievalError | None = None
            found: Facts = {}
            try:
                found = await ask()
            except RetrievalError as error:
                wrong = error
            spent = round((time.monotonic() - started) * 1000)
            place = PLACES.get(type(wrong), "") if wrong else ""
            place = place if place in names else names[-1]
            for name in names:
                if wrong and name == place:
                    yield Stage(name, False, str(wrong), spent)
                    return
                yield Stage(name, True, found.get(name, ""), spent)
                spent = 0

    def _trials(self) -> list[Step]:
        query: list[Step] = [(["query"], self._query)]
        return [(["embedding"], self._embed), (["dimensions"], self._compare), *query] if self.setting.embed else query

    async def _embed(self) -> Facts:
        self._length = len(await self.vector(PROBE))
        return {"embedding": f"{self._length:,} dimensions"}

    async def _compare(self) -> Facts:
        if not self.dimensions:
            return {"dimensions": "the index does not say how many it has"}
        if self.dimensions != self._length:
            words = f"The index holds vectors of {self.dimensions:,} dimensions, the embedding makes {self._length:,}."
            raise SourceVectors(self.name, f"{words} Choose the embedding that its documents were made with.")
        return {"dimensions": f"{self.dimensions:,}, as the embedding makes them"}

    async def _query(self) -> Facts:
        """Looks for the words of a document that is there, so that finding nothing proves something."""
        hits = await self.find(" ".join(self.sample().split()[:WORDS]) or PROBE, 3)
        if not hits:
            raise SourceFields(self.name, "A search for words of one of its documents found nothing. Check its fields.")
        return {"query": f"{len(hits)} found, the first: {hits[0].title or hits[0].content[:80]}"}

    def sample(self) -> str:
        """Some text of a document that `steps` came across."""
        return ""


async def together(*asked: Awaitable[Any]) -> list[Any]:
    """What all of them bring; the first error ends the others, and nothing goes on behind the caller's back."""
    tasks = [asyncio.ensure_future(each) for each in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
