"""The engine: a conversation and its sources in, a prompt with documents out."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from conversations.completions.data_sources import Parameters
from conversations.completions.errors import CompletionError
from conversations.completions.wire import Message
from conversations.grounding import context, intent, prompt
from conversations.grounding.beginning import begun
from conversations.grounding.intent import Ask
from conversations.grounding.judge import Candidate, judge
from conversations.grounding.markers import Markers
from conversations.grounding.prompt import Count, Given
from conversations.grounding.search import PATIENCE, Open, search
from conversations.grounding.turns import turns
from conversations.retrieval import Hit, Retriever, retriever
from conversations.retrieval.base import FIRST, Embed, Setting

log = logging.getLogger(__name__)

ROOM = 6000  # tokens that documents may take, unless the caller says otherwise


@dataclass(frozen=True)
class Searching:
    """These `queries` go to the sources of these names now."""

    queries: list[str]
    sources: list[str]


@dataclass(frozen=True)
class Grounded:
    """What came of it. `messages` are the model's; `given[N-1]` is what it reads as `[docN]`.

    `queries` is empty if nothing had to be looked up. `left_out` names the sources that failed where that is allowed.
    """

    messages: list[Message]
    given: list[Given] = field(default_factory=list)
    retrieved: list[Candidate] = field(default_factory=list)  # best first; by place of their source
    queries: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    parameters: tuple[Parameters, ...] = ()
    hits: Sequence[Hit] = ()  # what may be given, best first
    count: Count = len
    conversation: Sequence[Message] = ()
    going_on: bool = False

    def within(self, room: int) -> "Grounded":
        """The same with as many documents as take `room` tokens, under their numbers: for a model with less room."""
        given = prompt.fit(self.hits, room, self.count)
        if given == self.given:
            return self
        asked = prompt.messages(self.conversation, given, self.parameters, going_on=self.going_on)
        return replace(self, given=given, messages=asked)

    @property
    def context(self) -> dict[str, Any]:
        """The answer's `context`, as its sources' include_contexts ask for it."""
        return context.context(self.given, self.retrieved, self.queries, self.parameters)

    def markers(self, begun: str = "") -> Markers:
        """A filter for the answer's text as it streams, after what was `begun` before."""
        return Markers(len(self.given), begun)


async def ground(
    conversation: Sequence[Message],
    settings: Sequence[Setting],
    *,
    count: Count,
    ask: Ask | None = None,
    said: str = "",
    room: int = ROOM,
    patience: float = PATIENCE,
    opened: Open = retriever,
) -> AsyncGenerator[Searching | Grounded, None]:
    """Search `settings`, in the order of the request's data_sources, for what `conversation` asks last.

    Yields what it is about to search, and Grounded at the end. `ask`: a model that rewrites the question; `said`: the
    intent that a client sent back; `room`: tokens for documents, by `count`; `patience`: seconds a query in a source.
    Raises CompletionError, a RetrievalError if a source failed that must not.
    """
    parameters = tuple(each.source.parameters for each in settings)
    most = max((each.max_search_queries or intent.MOST for each in parameters), default=intent.MOST)
    queries = await intent.queries(conversation, ask, most=most, said=said)
    if not queries and any(each.beginning == FIRST for each in settings):
        queries = intent.fallback(await asyncio.to_thread(turns, conversation), [], most)
    if not queries:
        asked = await asyncio.to_thread(prompt.messages, conversation, [], parameters, looked_up=False)
        yield Grounded(asked, parameters=parameters)
        return
    yield Searching([each.text for each in queries], [each.name for each in settings])
    async with AsyncExitStack() as stack:
        retrievers = []
        for setting in settings:
            retrievers.append(opened(setting))
            stack.push_async_callback(retrievers[-1].aclose)
        results, failures = await search(retrievers, settings, queries, patience)
        own = frozenset(at for at, each in enumerate(settings) if each.own)
        retrieved = await asyncio.to_thread(judge, results, parameters, own)
        retrieved = await begun(retrieved, retrievers, settings, patience)
        hits = await _widened([each for each in retrieved if not each.reason], retrievers, patience)
    given = await asyncio.to_thread(prompt.fit, hits, room, count)
    yield Grounded(
        messages=await asyncio.to_thread(prompt.messages, conversation, given, parameters),
        given=given,
        retrieved=retrieved,
        queries=[each.text for each in queries],
        left_out=list(dict.fromkeys(settings[each.source].name for each in failures)),
        parameters=parameters,
        hits=hits,
        count=count,
        conversation=conversation,
    )


def resume(
    conversation: Sequence[Message], documents: Sequence[Hit], settings: Sequence[Setting], *, count: Count
) -> Grounded:
    """Without a search: an answer that is continued goes on with the documents it was given, under their numbers."""
    parameters = tuple(each.source.parameters for each in settings)
    given = [Given(number, each, each.content) for number, each in enumerate(documents, 1)]
    return Grounded(
        messages=prompt.messages(conversation, given, parameters, going_on=True),
        given=given,
        parameters=parameters,
        hits=documents,
        count=count,
        conversation=conversation,
        going_on=True,
    )


def embedder(settings: Sequence[Setting]) -> Embed | None:
    """What can compare a sentence with a document of another language: the first embedder of these sources."""
    return next((each.embed for each in settings if each.embed), None)


async def _widened(used: list[Candidate], retrievers: Sequence[Retriever], patience: float) -> list[Hit]:
    """The hits in their order, with their neighbours where the store knows them; it may fail to tell."""
    for at, each in enumerate(retrievers):
        own = [candidate for candidate in used if candidate.source == at]
        if not own:
            continue
        try:
            async with asyncio.timeout(patience):
                wider = await each.widen([one.hit for one in own])
        except (TimeoutError, CompletionError) as error:
            log.info("Passages go without their neighbours: %s", error or "too late")
            continue
        for candidate, hit in zip(own, wider, strict=True):
            candidate.hit = hit
    return [each.hit for each in used]
