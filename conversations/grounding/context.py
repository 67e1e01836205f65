"""`context` of an answer, as far as its sources' `include_contexts` ask for it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from conversations.completions import context as wire
from conversations.completions.context import RERANK, Citation, Context, RetrievedDocument
from conversations.completions.data_sources import Parameters
from conversations.completions.wire import Choice, Chunk, Delta
from conversations.grounding.judge import Candidate
from conversations.grounding.prompt import Given


def context(
    given: Sequence[Given], retrieved: Sequence[Candidate], queries: Sequence[str], parameters: Sequence[Parameters]
) -> dict[str, Any]:
    """The wire's JSON. `citations[N-1]` is what the model read as `[docN]`."""
    wanted = {name for each in parameters for name in each.include_contexts}
    used = {id(each.hit) for each in given}
    found = Context(
        citations=[_citation(each) for each in given] if "citations" in wanted else None,
        intent=wire.intent(list(queries)) if "intent" in wanted else None,
        all_retrieved_documents=[_document(each, id(each.hit) in used) for each in retrieved]
        if "all_retrieved_documents" in wanted
        else None,
    )
    made: dict[str, Any] = msgspec.to_builtins(found)
    return made


def first_chunk(found: dict[str, Any], model: str = "") -> Chunk:
    """The first chunk of a streamed answer: its role and its context, before any text."""
    return Chunk(model=model, choices=[Choice(delta=Delta(role="assistant", context=found), end_turn=False)])


def _citation(given: Given) -> Citation:
    hit = given.hit
    return Citation(
        content=given.content,
        title=hit.title,
        url=hit.url,
        filepath=hit.filepath,
        chunk_id=hit.chunk_id,
        rerank_score=hit.rerank_score,
    )


def _document(each: Candidate, used: bool) -> RetrievedDocument:
    hit = each.hit
    return RetrievedDocument(
        content=hit.content,
        title=hit.title,
        url=hit.url,
        filepath=hit.filepath,
        chunk_id=hit.chunk_id,
        rerank_score=hit.rerank_score,
        search_queries=each.queries,
        data_source_index=each.source,
        original_search_score=hit.score,
        filter_reason=None if used else each.reason or RERANK,
    )
