"""Answers from documents: what is looked for and found comes before the answer, what it cites is checked after it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from conversations import grounding
from conversations.answering.admission import Candidate
from conversations.answering.notices import Checked, Found, Mention, Notice, Passage, Searching
from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.wire import ChatRequest, Choice, Chunk, Delta, Message
from conversations.grounding.context import first_chunk
from conversations.grounding.intent import Ask
from conversations.grounding.markers import Markers
from conversations.retrieval.base import Hit, Setting

ROOM = 6000  # tokens that documents may take
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

    def __bool__(self) -> bool:
        return bool(self.settings or self.kept)


async def answer(request: ChatRequest, documents: Documents, candidate: Candidate, through: Answer) -> Parts:
    """The answer of `through` to the request with documents in it. Raises CompletionError."""
    grounded = None
    if documents.kept:
        grounded = _continued(request, documents)
    else:
        found = grounding.ground(
            request.messages,
            documents.settings,
            count=_tokens,
            ask=_asker(candidate),
            said=documents.said,
            room=min(ROOM, candidate.context_window // SHARE),
        )
        async with aclosing(found) as steps:
            async for step in steps:
                if isinstance(step, grounding.Searching):
                    yield Searching(step.queries, step.sources)
                else:
                    grounded = step
        assert grounded is not None  # ground always ends with it
        yield Found(_passages(grounded, documents), grounded.queries, grounded.left_out)
        yield first_chunk(grounded.context)
    text = _Text(grounded)
    sent = msgspec.structs.replace(request, messages=grounded.messages)
    async with aclosing(through(sent)) as parts:
        async for part in parts:
            yield text.filtered(part) if isinstance(part, Chunk) else part
    if rest := text.rest():
        yield rest
    checks = await grounded.check(documents.begun + text.said)
    yield Checked([Mention(each.number, each.sentence, each.verdict, each.start, each.end) for each in checks])


class _Text:
    """The text of each choice through a filter of its own; `said` is the first one's, as it comes out."""

    def __init__(self, grounded: grounding.Grounded) -> None:
        self._grounded = grounded
        self._markers: dict[int, Markers] = {}
        self.said = ""

    def filtered(self, chunk: Chunk) -> Chunk:
        """The chunk with the text that is certain by now; at the end of a choice all of it."""
        for choice in chunk.choices:
            choice.end_turn = bool(choice.finish_reason)
            markers = self._markers.setdefault(choice.index, self._grounded.markers())
            text = choice.delta.content if choice.delta else None
            if not text and not choice.finish_reason:
                continue
            out = markers.add(text) if text else ""
            if choice.finish_reason:
                out += markers.end()
            choice.delta = msgspec.structs.replace(choice.delta or Delta(), content=out or None)
            self.said += out if choice.index == 0 else ""
        return chunk

    def rest(self) -> Chunk | None:
        """What is still held back of an answer that never said it was finished."""
        choices = [(index, out) for index, each in self._markers.items() if (out := each.end())]
        self.said += "".join(out for index, out in choices if index == 0)
        made = [Choice(index=index, delta=Delta(content=out)) for index, out in choices]
        return Chunk(choices=made) if made else None


def _asker(candidate: Candidate) -> Ask:
    """Asks the deployment that will answer what to search for."""

    async def ask(messages: list[Message]) -> str:
        reasoning = candidate.endpoint.reasoning
        limits = {"reasoning_effort": "low"} if reasoning else {"max_tokens": INTENT_TOKENS, "temperature": 0}
        draft = Draft()
        async with aclosing(client.stream(ChatRequest(messages=messages, **limits), candidate.endpoint)) as chunks:
            async for chunk in chunks:
                draft.add(chunk)
        return draft.text

    return ask


def _tokens(text: str) -> int:
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
    given = [grounding.Given(each.number, hit, each.content) for each, hit in zip(documents.kept, hits, strict=True)]
    return grounding.resume(request.messages, given, documents.settings)
