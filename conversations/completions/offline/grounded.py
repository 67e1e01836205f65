"""Answers from documents in the prompt: the sentences that share most of the question's rare words, as they stand."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conversations.completions.fence import Passage
from conversations.texts.sentences import sentences
from conversations.texts.words import asked, terms

ENOUGH = 0.2  # share of the question's idf that a passage has to cover
SECOND = 0.1  # that a second sentence has to add
LONGEST = 500  # characters of a sentence that is quoted
CONTEXT = 0.7  # what the whole passage counts beside its sentence
RANK = 0.25  # what each place in the retriever's order costs
KIND = 0.1  # what a number is worth where one is asked for
_AMOUNT = re.compile(
    r"\b(?:how (?:many|much|long|old|often|far)|when|what (?:year|date|time|percentage)|combien|quand)\b"
    r"|\bwie ?viele?\b|\bwann\b|몇|언제|얼마",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r",?\s+(?:and|et|und)\s+(?=(?:who|whom|what|when|where|how|which|why|qui|quand|où|comment|combien|quel|quelle|"
    r"wer|was|wann|wo|wie)\b)",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\\?[\[【]\s*(?:doc\w*[^\]】\n]{0,30}|\d{1,2})\\?[\]】]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class _Candidate:
    number: int
    text: str
    words: frozenset[str]
    around: frozenset[str]  # words of its whole passage


def answer(question: str, earlier: str, given: list[Passage]) -> str:
    """One or two sentences for each part of the question, with their `[docN]`; nothing if no passage fits.

    `earlier`: the question before, which a short one may go on from, or nothing.
    """
    found = list(_candidates(given))
    first, *others = _PARTS.split(question, maxsplit=1)
    rank = RANK / 5 if others else RANK  # the order is that of the whole question
    said = _sentences(first, earlier, found, rank)
    for part in others:
        said += [each for each in _sentences(part, first, found, rank) if each not in said]
    return " ".join(f"{each.text} [doc{each.number}]" for each in said)


def _sentences(question: str, earlier: str, found: list[_Candidate], rank: float) -> list[_Candidate]:
    own = asked(question)
    wanted = dict.fromkeys(own, 1.0)
    if len(own) <= 3:
        wanted = dict.fromkeys(asked(earlier), 0.5) | wanted
    if own and not any(each.around & set(own) for each in found):
        return []  # only the question before has to do with these documents
    weights = _weights(wanted, found)
    whole = sum(weights.values())
    if not whole or not found:
        return []

    def share(words: Iterable[str]) -> float:
        return sum(weights[each] for each in weights.keys() & set(words)) / whole

    def score(each: _Candidate) -> float:
        kind = KIND if _AMOUNT.search(question) and _DIGIT.search(each.text) else 0.0
        return share(each.words) + CONTEXT * share(each.around) + kind - rank * each.number

    best = max(found, key=score)
    if share(best.around) < ENOUGH:
        return []
    rest = [each for each in found if each.number == best.number and each is not best]
    second = max(rest, key=lambda each: share(each.words - best.words), default=None)
    if second and share(second.words - best.words) >= SECOND:
        return sorted([best, second], key=found.index)
    return [best]


def _candidates(given: list[Passage]) -> Iterable[_Candidate]:
    for passage in given:
        around = frozenset(terms(f"{passage.title}\n{passage.content}"))
        for sentence in sentences(passage.content):
            text = " ".join(_MARKER.sub("", sentence.text).split())
            text = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]
            if words := terms(text):
                yield _Candidate(passage.number, text, frozenset(words), around)


def _weights(wanted: dict[str, float], found: list[_Candidate]) -> dict[str, float]:
    """idf of each word among all sentences, as much of it as the word is wanted."""
    having = Counter(word for each in found for word in each.words)
    return {word: share * math.log(1 + len(found) / (0.5 + having[word])) for word, share in wanted.items()}
