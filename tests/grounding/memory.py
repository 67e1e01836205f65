"""A store in memory: BM25 over passages, with what a test or a benchmark wants to go wrong."""

import asyncio
import dataclasses
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence

from conversations.completions.data_sources import read
from conversations.grounding import Check, Document, Grounded, verify
from conversations.retrieval import Hit, Stage
from conversations.retrieval.base import Setting
from conversations.retrieval.probes import probes
from conversations.retrieval.signals import K1, B, Calibration, calibrate, idf, of, text
from conversations.texts.words import asked, terms


class Memory:
    """`passages` are hits whose score is not looked at. `error`: raised by every search; `pause`: seconds of each."""

    def __init__(
        self,
        passages: Sequence[Hit],
        *,
        error: Exception | None = None,
        pause: float = 0,
        known: Calibration | None = None,
        knows_weights: bool = True,
    ) -> None:
        self.passages = list(passages)
        self.error, self.pause, self.known, self.knows_weights = error, pause, known, knows_weights
        self.asked: list[str] = []
        self.closed = False
        self._lengths: list[int] = []
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, each in enumerate(self.passages):
            words = terms(text(each))
            self._lengths.append(len(words))
            for word, times in Counter(words).items():
                self._places[word].append((at, times))
        self._usual = sum(self._lengths) / max(1, len(self._lengths))

    async def search(self, query: str, limit: int) -> list[Hit]:
        self.asked.append(query)
        await asyncio.sleep(self.pause)
        if self.error:
            raise self.error
        scores: dict[int, float] = defaultdict(float)
        for word in asked(query):
            for at, times in self._places.get(word, ()):
                damp = K1 * (1 - B + B * self._lengths[at] / self._usual)
                scores[at] += self._idf(word) * times * (K1 + 1) / (times + damp)
        best = sorted(scores, key=lambda at: (-scores[at], at))[:limit]
        return [dataclasses.replace(self.passages[at], score=scores[at]) for at in best]

    async def widen(self, hits: list[Hit]) -> list[Hit]:
        return hits

    async def weights(self, words: Collection[str]) -> Mapping[str, float] | None:
        return {each: self._idf(each) for each in words} if self.knows_weights else None

    async def calibration(self) -> Calibration | None:
        return self.known

    async def stages(self) -> AsyncIterator[Stage]:
        yield Stage("reach", True)

    async def aclose(self) -> None:
        self.closed = True

    def _idf(self, word: str) -> float:
        return idf(len(self.passages), len(self._places.get(word, ())))

    async def calibrated(self) -> "Memory":
        """Itself, having learnt from its own passages as a store does when they are indexed."""
        with_home, without = [], []
        for probe in probes([text(each) for each in self.passages]):
            hits = await self.search(probe.text, 11)
            found = of(probe.text, hits, await self.weights(asked(probe.text)))
            home = self.passages[probe.home].content
            with_home.append(found[:10])
            without.append([signal for hit, signal in zip(hits, found, strict=True) if hit.content != home][:10])
        self.known = calibrate(with_home, without)
        return self


def setting(name: str = "Handbook", **parameters: object) -> Setting:
    """A source whose adapter a test brings along."""
    return Setting(name, read({"type": "local", "parameters": {"collections": ["all"], **parameters}}))


async def checked(made: Grounded, text: str) -> list[Check]:
    """Every citation of an answer, against what the model read."""
    given = ((each.number, each.content, f"{each.hit.title or ''}\n{each.hit.heading}") for each in made.given)
    return await verify(text, [Document(*each) for each in given])
