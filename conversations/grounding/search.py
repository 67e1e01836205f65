"""All queries in all sources at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conversations.completions.errors import CompletionError
from conversations.grounding.intent import Query
from conversations.retrieval import Hit, RetrievalError, Retriever
from conversations.retrieval.base import Setting
from conversations.retrieval.errors import SourceUnreachable
from conversations.retrieval.signals import Calibrated, Calibration
from conversations.texts.words import asked

PATIENCE = 15.0  # seconds for one query in one source
FEWEST = 20  # hits of a query that are judged, or twice top_n_documents

Open = Callable[[Setting], Retriever]


@dataclass(frozen=True)
class Result:
    """What one query found in the source at place `source`. `weights`: idf of its words there, if the store knows."""

    source: int
    query: Query
    hits: list[Hit]
    weights: Mapping[str, float] | None = None
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Failure:
    source: int
    query: Query
    error: CompletionError


async def search(
    retrievers: Sequence[Retriever], settings: Sequence[Setting], queries: Sequence[Query], patience: float = PATIENCE
) -> tuple[list[Result], list[Failure]]:
    """Results by source and query, and what failed where `allow_partial_result` permits it.

    Raises CompletionError, the first, if that is not permitted, or if everything failed.
    """
    jobs = [
        asyncio.create_task(_one(at, retriever, setting, query, patience))
        for at, (retriever, setting) in enumerate(zip(retrievers, settings, strict=True))
        for query in _share(queries, setting)
    ]
    try:
        for done in asyncio.as_completed(jobs):
            found = await done
            if isinstance(found, Failure) and not settings[found.source].source.parameters.allow_partial_result:
                raise found.error
        outcomes = [job.result() for job in jobs]
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
    results = [each for each in outcomes if isinstance(each, Result)]
    failures = [each for each in outcomes if isinstance(each, Failure)]
    if failures and not results:
        raise failures[0].error
    return results, failures


def _share(queries: Sequence[Query], setting: Setting) -> Sequence[Query]:
    """As many of them as the source takes."""
    return queries[: setting.source.parameters.max_search_queries or len(queries)]


async def _one(at: int, retriever: Retriever, setting: Setting, query: Query, patience: float) -> Result | Failure:
    limit = max(FEWEST, 2 * setting.source.parameters.top_n_documents)
    try:
        async with asyncio.timeout(patience):
            hits = await retriever.search(query.text, limit)
            weights = await retriever.weights(asked(query.text)) if hits else None
            known = await retriever.calibration() if isinstance(retriever, Calibrated) else None
    except TimeoutError:
        return Failure(at, query, SourceUnreachable(setting.name, f"no answer within {patience:g} seconds."))
    except RetrievalError as error:
        return Failure(at, query, error)
    except CompletionError as error:
        return Failure(at, query, RetrievalError(setting.name, str(error)))
    return Result(at, query, hits, weights, known)
