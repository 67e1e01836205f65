"""The retrieval benchmark's data, from ../shared/data; it is no part of the repository."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conversations.retrieval import Hit
from conversations.texts.sentences import sentences

DATA = Path(__file__).parents[3] / "shared" / "data"
CHUNK = 900  # characters, sentence-packed


@dataclass(frozen=True)
class Question:
    """`right`: chunk ids of the passages that answer it. `half`: 0 or 1, of the article it is about."""

    text: str
    right: frozenset[str]
    answer: str = ""
    half: int = 0


@dataclass(frozen=True)
class Corpus:
    passages: list[Hit]
    halves: dict[str, int]  # by chunk id
    questions: list[Question]


def xquad(data: Path = DATA) -> Corpus:
    """240 paragraphs of 48 articles, and 1,190 questions with their exact answers."""
    rows = list(_lines(data / "xquad_en" / "corpus.jsonl"))
    passages = [Hit(each["text"], 0.0, title=each["title"].replace("_", " "), chunk_id=each["_id"]) for each in rows]
    halves = {each["_id"]: each["article"] % 2 for each in rows}
    pairs = (line.split("\t") for line in (data / "xquad_en" / "qrels.tsv").read_text().splitlines()[1:])
    right = {query: passage for query, passage, *_ in pairs}
    questions = [
        Question(each["text"], frozenset({right[each["_id"]]}), each["answer"], halves[right[each["_id"]]])
        for each in _lines(data / "xquad_en" / "queries.jsonl")
    ]
    return Corpus(passages, halves, questions)


def chunking(data: Path = DATA) -> Corpus:
    """Five long documents in chunks, and 472 questions; right is every chunk that holds a part of an exact excerpt."""
    passages, spans = [], []
    for path in sorted((data / "chunking_eval" / "corpora").glob("*.md")):
        for at, (start, end, content) in enumerate(chunks(path.read_text())):
            passages.append(Hit(content, 0.0, title=path.stem.replace("_", " "), chunk_id=f"{path.stem}-{at}"))
            spans.append((path.stem, start, end))
    questions = []
    for each in _lines(data / "chunking_eval" / "queries.jsonl"):
        wanted = [(one["start_index"], one["end_index"]) for one in each["references"]]
        right = frozenset(
            hit.chunk_id or ""
            for hit, (name, start, end) in zip(passages, spans, strict=True)
            if name == each["corpus"] and any(start < last and first < end for first, last in wanted)
        )
        questions.append(Question(each["text"], right))
    return Corpus(passages, {}, questions)


def chunks(text: str) -> Iterator[tuple[int, int, str]]:
    """Whole sentences up to CHUNK characters, with their places."""
    start = end = -1
    for each in sentences(text):
        if start >= 0 and each.end - start > CHUNK:
            yield start, end, text[start:end]
            start = -1
        start = each.start if start < 0 else start
        end = each.end
    if start >= 0:
        yield start, end, text[start:end]


def _lines(path: Path) -> Iterator[dict]:
    with path.open() as file:
        yield from map(json.loads, file)
