"""How well documents are found, refused and cited (`python -m tests.benchmarks.retrieval`), beside a plain FTS5 query.

Everything goes through the engine's own code; the answers are the offline deployment's. One half of XQuAD's articles
was looked at while the engine was written, and answers of the other half when the offline deployment was mended;
chunking_eval was not: that counts.
`--store module:function` names what makes a retriever of passages, an asynchronous function; without it a store in
memory does. `--embedder URL` does everything on our own store, by words alone and then with the vectors of that
deployment too (`embedder.py` serves one).
"""

import argparse
import asyncio
import bisect
import importlib
import math
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from conversations.completions.data_sources import Parameters
from conversations.completions.offline.persona import reply
from conversations.completions.wire import Message, plain
from conversations.grounding import Grounded, ground
from conversations.grounding.intent import Query
from conversations.grounding.judge import judge
from conversations.grounding.search import search
from conversations.grounding.verify import SUPPORTED, Document, verify
from conversations.retrieval import Hit, Retriever
from conversations.retrieval.signals import WORDS, Calibrated, of
from conversations.texts.scanning import STORED
from conversations.texts.sentences import sentences
from conversations.texts.words import asked
from tests.benchmarks import corpora, kept
from tests.benchmarks.corpora import Corpus, Question
from tests.grounding.memory import Memory, checked, setting

Store = Callable[[Sequence[Hit]], Awaitable[Retriever]]


async def memory(passages: Sequence[Hit]) -> Retriever:
    return await Memory(passages).calibrated()


async def ranking(store: Retriever, question: str, strictness: int = 1) -> list[tuple[str, bool]]:
    """Chunk ids, best first, and whether each was let through."""
    results, _ = await search([store], [setting(strictness=strictness)], [Query(question)])
    parameters = Parameters(strictness=strictness, top_n_documents=100)
    return [(each.hit.chunk_id or "", not each.reason) for each in judge(results, [parameters])]


def ndcg(found: Sequence[str], right: frozenset[str], most: int = 10) -> float:
    gain = sum(1 / math.log2(at + 2) for at, each in enumerate(found[:most]) if each in right)
    return gain / sum(1 / math.log2(at + 2) for at in range(min(most, len(right))))


class FTS5:
    """What anybody would write first."""

    def __init__(self, passages: Sequence[Hit]) -> None:
        self.rows = sqlite3.connect(":memory:")
        self.rows.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
        rows = [(each.chunk_id, each.title or "", each.content) for each in passages]
        self.rows.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)

    def find(self, question: str) -> list[str]:
        words = " OR ".join(f'"{each}"' for each in re.findall(r"\w+", question))
        query = "SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t, 0, 3, 1) LIMIT 10"
        return [each for (each,) in self.rows.execute(query, (words,))]


async def finding(name: str, corpus: Corpus, stores: Mapping[str, Store]) -> None:
    questions = [each for each in corpus.questions if each.right]
    fts = FTS5(corpus.passages)
    ways = {"plain FTS5": [fts.find(each.text) for each in questions]}
    for label, open in stores.items():
        store = await open(corpus.passages)
        ways[label] = [[each for each, _ in await ranking(store, one.text)] for one in questions]
    print(f"\n{name}: {len(corpus.passages)} passages, {len(questions)} questions")
    for label, found in ways.items():
        scores = [ndcg(each, one.right) for each, one in zip(found, questions, strict=True)]
        recall = [len(one.right & set(each[:5])) / len(one.right) for each, one in zip(found, questions, strict=True)]
        print(f"  {label:<12} nDCG@10 {mean(scores):.3f}   recall@5 {mean(recall):.3f}")


async def refusing(corpus: Corpus, half: int, label: str, open: Store) -> None:
    """Index one half of the articles; questions about the other half, and those whose paragraph is taken away."""
    inside = [each for each in corpus.passages if corpus.halves[each.chunk_id or ""] == half]
    store = await open(inside)
    known = await store.calibration() if isinstance(store, Calibrated) else None
    answerable = [each for each in corpus.questions if each.half == half]
    others = [each for each in corpus.questions if each.half != half]

    async def best(question: Question, without: frozenset[str] = frozenset()) -> float:
        hits = [each for each in await store.search(question.text, 11) if each.chunk_id not in without][:10]
        found = of(question.text, hits, await store.weights(asked(question.text)))
        return max(((known or WORDS).likelihood(each) for each in found), default=0.0)

    good = [await best(each) for each in answerable]
    near = [await best(each) for each in others]
    deleted = [await best(each, each.right) for each in answerable]
    print(f"\nrefusals, {label}, half {half}: {len(good)} answerable, {len(near)} near-domain, {len(deleted)} deleted")
    print(f"  AUROC near-domain {auroc(good, near):.3f}, deleted {auroc(good, deleted):.3f}")
    print("  strictness   wrongly refused   refused near-domain   refused deleted")
    for level, threshold in enumerate((known or WORDS).thresholds, 1):
        shares = [mean([each < threshold for each in some]) for some in (good, near, deleted)]
        print(f"  {level:<12} {shares[0]:>14.1%} {shares[1]:>20.1%} {shares[2]:>17.1%}")
    ordered = sorted(good)
    for rate in (0.02, 0.05):
        line = ordered[int(rate * len(ordered))]
        shares = [mean([each < line for each in some]) for some in (near, deleted)]
        print(f"  at exactly {rate:.0%} wrongly refused: near-domain {shares[0]:.1%}, deleted {shares[1]:.1%}")


async def answered(store: Retriever, question: str) -> tuple[str, Grounded]:
    """The offline deployment's answer, as the product would store it."""
    steps = [
        each
        async for each in ground(
            [Message(role="user", content=question)],
            [setting()],
            count=lambda text: len(text) // 4,
            opened=lambda _: store,
        )
    ]
    found = steps[-1]
    assert isinstance(found, Grounded)
    markers = found.markers()
    return markers.add(reply([plain(each) for each in found.messages])) + markers.end(), found


async def citing(corpus: Corpus, half: int, label: str, open: Store) -> None:
    """Which paragraph an answer cites, and whether a wrong citation is noticed."""
    store = await open(corpus.passages)
    questions = [each for each in corpus.questions if each.half == half]
    right = span = silent = 0
    honest: list[bool] = []
    gold: list[bool] = []
    moved: list[bool] = []
    changed: list[bool] = []
    paraphrased: list[bool] = []
    strayed: list[bool] = []
    for each in questions:
        text, found = await answered(store, each.text)
        mentioned = STORED.search(text)
        if not mentioned:
            silent += 1
        else:
            hit = found.given[int(mentioned[1]) - 1].hit
            right += hit.chunk_id in each.right
            span += hit.chunk_id in each.right and " ".join(each.answer.split()) in text
            honest += [check.verdict == SUPPORTED for check in await checked(found, text)]
        own = next((one for one in found.given if one.hit.chunk_id in each.right), None)
        if len(found.given) < 2 or own is None:
            continue
        documents = [Document(one.number, one.content, one.hit.title or "") for one in found.given]
        other = 2 if own.number == 1 else 1
        holding = [one.text for one in sentences(own.content) if each.answer in one.text]
        if not holding:  # it goes over the end of a sentence
            continue
        sentence = holding[0]
        [check] = await verify(f"{sentence} [doc{own.number}]", documents)
        gold.append(check.verdict == SUPPORTED)
        [check] = await verify(f"{sentence} [doc{other}]", documents)
        moved.append(check.verdict != SUPPORTED)
        another = re.sub(r"\d+", lambda found: str(int(found[0]) + 3), sentence, count=1)
        if another != sentence:
            [check] = await verify(f"{another} [doc{own.number}]", documents)
            changed.append(check.verdict != SUPPORTED)
        loose = f"{each.text.rstrip(' ?')} {each.answer}"
        for document in documents:
            [check] = await verify(f"{loose} [doc{document.number}]", documents)
            if document.number == own.number:
                paraphrased.append(check.verdict == SUPPORTED)
            else:
                strayed.append(check.verdict != SUPPORTED)
    count = len(questions)
    print(f"\ncitations, {label}, half {half}: {count} questions, answered by the offline deployment")
    print(f"  cites the right paragraph {right / count:.1%} ({right / (count - silent):.1%} of the answers)")
    print(f"  quotes the exact answer from it {span / count:.1%}; says it does not know {silent / count:.1%}")
    print(f"  its own citations supported {mean(honest):.1%} of {len(honest)}")
    print(f"  the sentence that holds the answer: supported {mean(gold):.1%} of {len(gold)}")
    print(f"  the same sentence citing another paragraph: flagged {mean(moved):.1%} of {len(moved)}")
    print(f"  the same sentence with another number: flagged {mean(changed):.1%} of {len(changed)}")
    print(f"  question and answer as one sentence: supported {mean(paraphrased):.1%} of {len(paraphrased)}")
    print(f"  the same citing any other paragraph found: flagged {mean(strayed):.1%} of {len(strayed)}")


def mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    ordered = sorted(bad)
    wins = (bisect.bisect_left(ordered, each) + bisect.bisect_right(ordered, each) for each in good)
    return sum(wins) / 2 / len(good) / len(bad)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="tests.benchmarks.retrieval:memory")
    parser.add_argument("--embedder", default="", help="base URL of an OpenAI-compatible deployment")
    parser.add_argument("--data", type=Path, default=corpora.DATA)
    options = parser.parse_args()
    module, _, name = options.store.partition(":")
    stores: dict[str, Store] = {"words": getattr(importlib.import_module(module), name)}
    if options.embedder:
        stores = {"words": kept.local, "both": partial(kept.local, embedder=options.embedder)}
    if not options.data.exists():
        print(f"The data is not there: {options.data}")
        return
    paragraphs, documents = corpora.xquad(options.data), corpora.chunking(options.data)
    await finding("XQuAD (en)", paragraphs, stores)
    await finding("chunking_eval", documents, stores)
    for label, open in stores.items():
        for half in (0, 1):
            await refusing(paragraphs, half, label, open)
        for half in (0, 1):
            await citing(paragraphs, half, label, open)


if __name__ == "__main__":
    asyncio.run(main())
