"""Does a passage answer a question? Two signals that mean the same in every store, and how sure they make one.

*coverage* is the share of the question's idf that the passage's words cover. *closeness* is the cosine of their
vectors, or without vectors BM25 for each unit of the question's idf. A logistic makes one likelihood of both; five
thresholds on it are the strictness 1 to 5, of which about 0.5, 1, 2, 5 and 10 % of answerable questions fall below.

Stores report scores of every scale, so none of them is used. What a cosine of 0.4 means depends on the embedder and the
language: `calibrate` learns it from a collection's own passages and questions made of them (`probes.py`).
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from conversations.retrieval.base import Hit
from conversations.texts.words import asked, terms

REFUSALS = (0.005, 0.01, 0.02, 0.05, 0.10)  # of answerable questions, at strictness 1 to 5
K1, B = 1.2, 0.75  # BM25's usual constants
RIDGE = 0.0005


class Signals(NamedTuple):
    coverage: float  # 0 to 1
    closeness: float  # cosine, -1 to 1; or BM25 / Σ idf, 0 to 2.2
    vectors: bool = False  # which of the two


@dataclass(frozen=True)
class Calibration:
    """likelihood = 1 / (1 + e^-(bias + coverage·c + closeness·d)); `thresholds` are of that, rising."""

    bias: float
    coverage: float
    closeness: float
    thresholds: tuple[float, ...]
    vectors: bool = False  # it was learnt with cosines

    def likelihood(self, signals: Signals) -> float:
        at = self.bias + self.coverage * signals.coverage + self.closeness * signals.closeness
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, at))))

    def passes(self, signals: Signals, strictness: int) -> bool:
        return self.likelihood(signals) >= self.thresholds[strictness - 1]

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "thresholds": list(self.thresholds)}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Calibration":
        return cls(**{**plain, "thresholds": tuple(plain["thresholds"])})


# For stores that cannot be calibrated. The first is fitted to the questions of one half of XQuAD (docs/grounding.md).
WORDS = Calibration(-4.93, 3.45, 5.37, (0.09, 0.105, 0.155, 0.35, 0.53))
# What a cosine means is the embedder's secret, so this one lets through rather too much: that of an unrelated passage
# is taken to be 0.15, of a related one 0.5, as with newer embedders. Older ones give everything 0.7: all of it passes.
VECTORS = Calibration(-4.5, 3.5, 6.0, (0.10, 0.13, 0.16, 0.35, 0.55), vectors=True)


@runtime_checkable
class Calibrated(Protocol):
    """A retriever that was calibrated when its passages were indexed."""

    async def calibration(self) -> Calibration | None: ...


def idf(passages: int, having: int) -> float:
    """Of a word that `having` of so many passages have; BM25's, never negative."""
    return math.log(1 + (passages - having + 0.5) / (having + 0.5))


def text(hit: Hit) -> str:
    """What of a passage is compared with a question: its content below its title and headings."""
    return "\n".join(filter(None, (hit.title, hit.heading, hit.content)))


def estimate(words: Collection[str], texts: Iterable[str]) -> dict[str, float]:
    """idf of `words` for a store that cannot say: by the passages it returned, as if they were a twentieth of it.

    They were returned because they have those words, so that a word all of them have is still worth something, and a
    word that none of them has is worth most.
    """
    found = [set(terms(each)) for each in texts]
    count = 20 * max(1, len(found))
    return {word: idf(count, sum(word in each for each in found)) for word in words}


def measure(
    words: Sequence[str],
    passage: Sequence[str],
    weights: Mapping[str, float],
    *,
    cosine: float | None = None,
    length: float,
) -> Signals:
    """Of a question's `words` and a passage's terms. `length`: terms of a passage on average."""
    whole = sum(weights[each] for each in words)
    if not whole:
        return Signals(0.0, cosine or 0.0, cosine is not None)
    said = Counter(passage)
    coverage = sum(weights[each] for each in words if said[each]) / whole
    if cosine is not None:
        return Signals(coverage, cosine, True)
    damp = K1 * (1 - B + B * len(passage) / length)
    bm25 = sum(weights[each] * said[each] * (K1 + 1) / (said[each] + damp) for each in words)
    return Signals(coverage, bm25 / whole)


def of(question: str, hits: Sequence[Hit], weights: Mapping[str, float] | None = None) -> list[Signals]:
    """Of each hit. `weights`: idf of the words of `asked(question)` in the whole store; None: by these hits.

    Cosines count only if every hit has one: likelihoods of two kinds cannot be ranked together.
    """
    words, texts = asked(question), [text(each) for each in hits]
    vectors = all(each.cosine is not None for each in hits)
    known = weights if weights is not None else estimate(words, texts)
    rare = max(known.values(), default=1.0)
    full = {each: known.get(each, rare) for each in words}
    passages = [terms(each) for each in texts]
    length = sum(map(len, passages)) / len(passages) if passages else 0.0
    return [
        measure(words, passage, full, cosine=each.cosine if vectors else None, length=length or 1.0)
        for each, passage in zip(hits, passages, strict=True)
    ]


def calibrate(answered: Sequence[Sequence[Signals]], unanswered: Sequence[Sequence[Signals]]) -> Calibration | None:
    """From the signals of what was found for questions that have an answer, and for questions that have none.

    None if there are too few to learn from: then the defaults hold.
    """
    answered, unanswered = [each for each in answered if each], [each for each in unanswered if each]
    if min(len(answered), len(unanswered)) < 20:
        return None
    vectors = answered[0][0].vectors
    start = Calibration(0.0, 1.0, 1.0, ())
    good = [max(each, key=start.likelihood) for each in answered]
    bad = [max(each, key=start.likelihood) for each in unanswered]
    bias, coverage, closeness = _fit(good, bad)
    fitted = Calibration(bias, coverage, closeness, (), vectors)
    best = sorted(max(map(fitted.likelihood, each)) for each in answered)
    thresholds = tuple(best[int(share * len(best))] for share in REFUSALS)
    return Calibration(bias, coverage, closeness, thresholds, vectors)


def _fit(good: list[Signals], bad: list[Signals]) -> tuple[float, float, float]:
    """Logistic regression by Newton's method, both kinds weighing the same."""
    points = np.array([[1.0, each.coverage, each.closeness] for each in (*good, *bad)])
    kinds = np.repeat([1.0, 0.0], [len(good), len(bad)])
    shares = np.repeat([0.5 / len(good), 0.5 / len(bad)], [len(good), len(bad)])
    ridge = np.diag([0.0, RIDGE, RIDGE])  # points that one line parts have no steepest slope
    found = np.zeros(3)
    for _ in range(30):
        likely = 1 / (1 + np.exp(-(points @ found)))
        slope = points.T @ (shares * (likely - kinds)) + ridge @ found
        curve = (points.T * (shares * likely * (1 - likely))) @ points + ridge
        found = found - np.linalg.solve(curve, slope)
    bias, coverage, closeness = found.tolist()
    return bias, coverage, closeness
