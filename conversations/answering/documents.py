"""Answers from documents: what is looked for and found comes before the answer, what it cites is checked after it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from conversations import grounding
from conversations.answering.admission import Candidate
from conversations.answering.notices import Found, Notice, Passage, Searching
from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.wire import ChatRequest, Choice, Chunk, Delta, Message, plain
from conversations.grounding import Check
from conversations.grounding.context import first_chunk
from conversations.grounding.intent import Ask
from conversations.grounding.markers import Markers
from conversations.models import Call, Purpose, Reader
from conversations.retrieval.base import Embed, Hit, Setting

BYTES_A_TOKEN = 3  # fewer than most texts have: documents are cut a little early rather than too late
SHARE = 2  # documents take at most half of the context window
INTENT_TOKENS = 300

Parts = AsyncGenerator[Chunk | Notice, None]
Answer = Callable[[ChatRequest], Parts]


@dataclass(frozen=True)
class Documents:
    """What a request brings along to be answered from.

    `settings` are searched; `keys` are the stored sources they were made from, by place. `kept` are passages that the
    answer was given before: it is continued with them, after `begun`, and nothing is searched.
    """

    settings: Sequence[Setting] = ()
    keys: Sequence[int | None] = ()
    kept: Sequence[Passage] = ()
    begun: str = ""
    said: str = ""  # the intent that a client sends back

    @property
    def embed(self) -> Embed | None:
        return grounding.embedder(self.settings)

    def __bool__(self) -> bool:
        return bool(self.settings or self.kept)


async def find(
    request: ChatRequest, documents: Documents, candidate: Candidate, reader: Reader
) -> AsyncGenerator[Searching | grounding.Grounded, None]:
    """What is searched on behalf of `reader`, and at the end what came of it. Raises CompletionError."""
    if documents.kept:
        yield await asyncio.to_thread(_continued, request, documents)
        return
    found = grounding.ground(
        request.messages,
        documents.settings,
        count=tokens_about,
        ask=_asker(candidate, reader),
        said=documents.said,
        room=_room(candidate),
    )
    async with aclosing(found) as steps:
        async for step in steps:
            yield Searching(step.queries, step.sources) if isinstance(step, grounding.Searching) else step


async def answer(
    request: ChatRequest, documents: Documents, found: grounding.Grounded, candidate: Candidate, through: Answer
) -> Parts:
    """The answer of `candidate`, by `through`, with as much of what was found as it has room for.

    `context` comes with its first chunk: another one may take over before that, and have less room.
    """
    grounded = await asyncio.to_thread(found.within, _room(candidate))
    context = None if documents.kept else first_chunk(grounded.context)
    if context:
        yield Found(_passages(grounded, documents), grounded.queries, grounded.left_out)
    text = _Text(grounded, await asyncio.to_thread(grounded.markers, documents.begun))
    sent = msgspec.structs.replace(request, messages=grounded.messages)
    async with aclosing(through(sent)) as parts:
        async for part in parts:
            if not isinstance(part, Chunk):
                yield part
                continue
            if context:
                yield context
                context = None
            yield text.filtered(part)
    if rest := text.rest():
        yield rest


async def check(text: str, passages: Sequence[Passage], embed: Embed | None = None) -> list[Check]:
    """Every citation of `text`, finished or not: does its passage say so? `embed` compares languages."""
    return await grounding.verify(text, _documents(passages), embed)


def check_words(text: str, passages: Sequence[Passage]) -> list[Check]:
    """The same at once, without other languages."""
    return grounding.verify_words(text, _documents(passages))


class _Text:
    """The text of each choice through a filter of its own; `markers` is the first one's."""

    def __init__(self, grounded: grounding.Grounded, markers: Markers) -> None:
        self._grounded = grounded
        self._markers = {0: markers}

    def filtered(self, chunk: Chunk) -> Chunk:
        """The chunk with the text that is certain by now; at the end of a choice all of it."""
        for choice in chunk.choices:
            choice.end_turn = bool(choice.finish_reason)
            if choice.index not in self._markers:
                self._markers[choice.index] = self._grounded.markers()
            markers = self._markers[choice.index]
            text = choice.delta.content if choice.delta else None
            if not text and not choice.finish_reason:
                continue
            out = markers.add(text) if text else ""
            if choice.finish_reason:
                out += markers.end()
            choice.delta = msgspec.structs.replace(choice.delta or Delta(), content=out or None)
        return chunk

    def rest(self) -> Chunk | None:
        """What is still held back of an answer that never said it was finished."""
        choices = [(index, out) for index, each in self._markers.items() if (out := each.end())]
        made = [Choice(index=index, delta=Delta(content=out)) for index, out in choices]
        return Chunk(choices=made) if made else None


def _room(candidate: Candidate) -> int:
    return min(grounding.ROOM, candidate.context_window // SHARE)


def _asker(candidate: Candidate, reader: Reader) -> Ask:
    """Asks the deployment that will answer what to search for on behalf of `reader`."""

    async def ask(messages: list[Message]) -> str:
        reasoning = candidate.endpoint.reasoning
        limits = {"reasoning_effort": "low"} if reasoning else {"max_tokens": INTENT_TOKENS, "temperature": 0}
        draft = Draft()
        async with aclosing(client.stream(ChatRequest(messages=messages, **limits), candidate.endpoint)) as chunks:
            async for chunk in chunks:
                draft.add(chunk)
        usage = plain(draft.usage) if draft.usage else {}
        await Call.note(Purpose.INTENT, usage, reader=reader, deployment=candidate.pk)
        return draft.text

    return ask


def tokens_about(text: str) -> int:
    """An estimate that costs nothing: to count exactly, a table of some 60 MB has to be loaded."""
    return len(text.encode()) // BYTES_A_TOKEN + 1


def _passages(grounded: grounding.Grounded, documents: Documents) -> list[Passage]:
    """All that was retrieved, best first; what the model reads has its number and is as the model reads it."""
    given = {id(each.hit): each for each in grounded.given}
    passages = []
    for each in grounded.retrieved:
        hit, read = each.hit, given.get(id(each.hit))
        passages.append(
            Passage(
                number=read.number if read else 0,
                source=documents.keys[each.source],
                source_name=documents.settings[each.source].name,
                content=read.content if read else hit.content,
                title=hit.title or "",
                url=hit.url or "",
                filepath=hit.filepath or "",
                chunk_id=hit.chunk_id or "",
                page=hit.page,
                heading=hit.heading,
                document=hit.document,
                version=hit.version,
                badges=documents.settings[each.source].access.groups,
                queries=each.queries,
                original_search_score=hit.score,
                rerank_score=hit.rerank_score if hit.rerank_score is not None else each.score,
                filter_reason="" if read else each.reason or "rerank",
            )
        )
    return passages


def _continued(request: ChatRequest, documents: Documents) -> grounding.Grounded:
    """The same documents under the same numbers, for an answer that goes on."""
    hits = [Hit(each.content, 0.0, title=each.title, page=each.page, heading=each.heading) for each in documents.kept]
    return grounding.resume(request.messages, hits, documents.settings, count=tokens_about)


def _documents(passages: Sequence[Passage]) -> list[grounding.Document]:
    given = (each for each in passages if each.number)
    return [grounding.Document(each.number, each.content, f"{each.title}\n{each.heading}") for each in given]
