"""Which of the passages that were found answer the question: one list of them all, the best first, and why others go.

The store's order and our own two signals weigh the same. Scores of different stores are never compared: each query's
are stretched to 0…1 within its source. Ranks are not fused either (RRF): they forget how much better the first one is.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from conversations.completions.context import RERANK, SCORE
from conversations.completions.data_sources import Parameters
from conversations.grounding.search import Result
from conversations.retrieval import Hit, signals
from conversations.retrieval.signals import VECTORS, WORDS, Calibration
from conversations.texts.words import terms

OWN = 0.5  # weight of our signals; the store's score has the rest
LEAD = 0.1  # of the score: people ask about the file that they have just dropped, if it says about as much
ALIKE = 0.9  # share of common pairs of words from which two passages are one
_NUMBERS = re.compile(r"\d+")


@dataclass
class Candidate:
    """A passage, found in the source at place `source` by `queries`. `reason` is its filter_reason."""

    hit: Hit
    source: int
    queries: list[str] = field(default_factory=list)
    likelihood: float = 0.0  # that it answers, by the query that it answers best
    score: float = 0.0
    reason: str = ""
    passes: bool = False


def judge(
    results: Sequence[Result], parameters: Sequence[Parameters], own: Collection[int] = frozenset()
) -> list[Candidate]:
    """Every passage once, the best first. `parameters`: of the sources, by place.

    `own`: places of the conversation's own sources, which come before others that are hardly better.
    `reason` is "score" below the source's strictness, "rerank" above it but not among the first top_n_documents; the
    largest of these counts.
    """
    found: dict[tuple[object, ...], Candidate] = {}
    for result in results:
        for candidate in _of(result, parameters[result.source].strictness):
            _merge(found, candidate)

    def place(each: Candidate) -> tuple[bool, float]:
        return not each.passes, -each.score - (LEAD if each.source in own else 0)

    ranked = _different(sorted(found.values(), key=place))
    places = max((each.top_n_documents for each in parameters), default=0)
    for each in ranked:
        if not each.passes:
            each.reason = SCORE
        elif places:
            places -= 1
        else:
            each.reason = RERANK
    return ranked


def _of(result: Result, strictness: int) -> list[Candidate]:
    measured = signals.of(result.query.text, result.hits, result.weights)
    stretched = _stretched(_stores(result.hits))
    made = []
    for hit, signal, place in zip(result.hits, measured, stretched, strict=True):
        known = _calibration(result.calibration, signal.vectors)
        likely = known.likelihood(signal)
        score = result.query.weight * (OWN * likely + (1 - OWN) * place)
        passes = known.passes(signal, strictness)
        made.append(Candidate(hit, result.source, [result.query.text], likely, score, passes=passes))
    return made


def _calibration(known: Calibration | None, vectors: bool) -> Calibration:
    """The collection's own, if it was learnt from signals of this kind."""
    if known is not None and known.vectors == vectors:
        return known
    return VECTORS if vectors else WORDS


def _stores(hits: Sequence[Hit]) -> list[float]:
    """What the store thinks of them: its reranker's word counts, if it gave one for all."""
    reranked = [each.rerank_score for each in hits if each.rerank_score is not None]
    return reranked if len(reranked) == len(hits) else [each.score for each in hits]


def _stretched(scores: list[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(each - low) / (high - low) if high > low else 1.0 for each in scores]


def _merge(found: dict[tuple[object, ...], Candidate], new: Candidate) -> None:
    hit = new.hit
    same = (new.source, hit.document, hit.chunk_id) if hit.chunk_id else (new.source, hit.title, hit.content)
    old = found.setdefault(same, new)
    if old is not new:
        found[same] = best = max(old, new, key=lambda each: each.score)
        best.queries = list(dict.fromkeys(old.queries + new.queries))
        best.passes, best.likelihood = old.passes or new.passes, max(old.likelihood, new.likelihood)


def _different(ranked: list[Candidate]) -> list[Candidate]:
    """Without those that say the same as a better one: the overlap of chunks, copies of a document, another source.

    Two versions of a rule differ in a number, and stay two.
    """
    kept: list[tuple[Candidate, frozenset[tuple[str, str]], list[str]]] = []
    for each in ranked:
        words = terms(each.hit.content)
        pairs = frozenset(zip(words, words[1:], strict=False)) or frozenset((word, "") for word in words)
        numbers = _NUMBERS.findall(each.hit.content)
        twin = next((old for old, others, theirs in kept if _alike(pairs, numbers, others, theirs)), None)
        if twin is None:
            kept.append((each, pairs, numbers))
        else:
            twin.queries = list(dict.fromkeys(twin.queries + each.queries))
    return [each for each, *_ in kept]


def _alike(
    pairs: frozenset[tuple[str, str]],
    numbers: list[str],
    others: frozenset[tuple[str, str]],
    other_numbers: list[str],
) -> bool:
    return bool(pairs) and numbers == other_numbers and len(pairs & others) >= ALIKE * max(len(pairs), len(others))
