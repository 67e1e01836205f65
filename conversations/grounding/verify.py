"""Does the document say what the sentence that cites it says?

Words are compared, not meanings: the sentence's telling words, weighted by how rare they are among all documents of
this answer, have to stand together in three neighbouring sentences of the document; its numbers and names have to
stand there as they are. A sentence of another language is compared by vectors if there is a way to make some.
"""

import asyncio
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.completions.errors import CompletionError
from conversations.grounding.across import across
from conversations.grounding.claims import Claim, claims
from conversations.retrieval.base import Embed
from conversations.texts import facts
from conversations.texts.language import language
from conversations.texts.sentences import Sentence, sentences
from conversations.texts.words import terms

SUPPORTED, WEAK, NOT_FOUND, NOT_CHECKED = "supported", "weak", "not_found", "not_checked"
ENOUGH = 0.55  # share of the sentence's weight that a window has to hold
SOME = 0.3
SAME = 0.85  # share from which it is one sentence of the document that is repeated: then its own numbers count
_NOT = re.compile(
    r"\b(?:not|no|never|none|cannot|without|nor|nicht|kein\w*|nie|ohne|ne|pas|jamais|sans|aucune?)\b|n[’']t\b"
    r"|않|없|못|아니|안 ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Check:
    """One mention: `start` and `end` are the characters of the document's content where its support stands."""

    number: int
    sentence: str
    verdict: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Document:
    """What `[docN]` gave the model to read; `title` counts as said in it."""

    number: int
    content: str
    title: str = ""


@dataclass(frozen=True)
class _Read:
    document: Document
    sentences: list[Sentence]
    words: list[frozenset[str]]  # of each sentence
    numbers: list[list[facts.Number]]  # of each sentence
    title: frozenset[str]
    language: str

    def window(self, at: int) -> range:
        return range(max(0, at - 1), min(len(self.sentences), at + 2))

    def span(self, at: int) -> tuple[int, int]:
        around = self.window(at)
        return self.sentences[around[0]].start, self.sentences[around[-1]].end


async def verify(text: str, documents: Sequence[Document], embed: Embed | None = None) -> list[Check]:
    """A check for every marker of a stored answer, in their order."""
    read, found, foreign = await asyncio.to_thread(_by_words, text, documents)
    if foreign and embed is not None:
        await _compare(found, foreign, read, embed)
    return found


def _by_words(text: str, documents: Sequence[Document]) -> tuple[dict[int, _Read], list[Check], list[int]]:
    """The documents as they are compared, the checks, and the places of those that words cannot settle."""
    read = {each.number: _read(each) for each in documents}
    weights = _weights(list(read.values()))
    found: list[Check] = []
    foreign: list[int] = []
    for claim in claims(text):
        own = [read[each] for each in claim.numbers if each in read]
        cited = read.get(claim.number)
        said = language(claim.sentence)
        if cited is None or not claim.sentence:
            found.append(Check(claim.number, claim.sentence, NOT_FOUND if cited is None else NOT_CHECKED))
        elif said and cited.language and said != cited.language:
            foreign.append(len(found))
            found.append(Check(claim.number, claim.sentence, NOT_CHECKED))
        else:
            found.append(_check(claim, cited, own, weights, said))
    return read, found, foreign


async def _compare(found: list[Check], foreign: Sequence[int], read: Mapping[int, _Read], embed: Embed) -> None:
    """Settle the checks at the places `foreign` by vectors; if there are none to be had they stay unchecked."""
    windows = {number: _windows(each) for number, each in read.items()}
    said, cited = [found[at].sentence for at in foreign], [found[at].number for at in foreign]
    try:
        verdicts = await across(said, cited, windows, embed)
    except CompletionError:
        return
    for at, (verdict, span) in zip(foreign, verdicts, strict=True):
        check = found[at]
        if verdict == SUPPORTED and _missing(facts.numbers(check.sentence), read[check.number].numbers):
            verdict = WEAK
        found[at] = Check(check.number, check.sentence, verdict, *(span or (None, None)))


def _read(document: Document) -> _Read:
    parts = sentences(document.content)
    return _Read(
        document,
        parts,
        [frozenset(terms(each.text)) for each in parts],
        [facts.numbers(each.text) for each in parts],
        frozenset(terms(document.title)),
        language(document.content),
    )


def _windows(read: _Read) -> list[tuple[str, tuple[int, int]]]:
    spans = (read.span(at) for at in range(len(read.sentences)))
    return [(read.document.content[start:end], (start, end)) for start, end in dict.fromkeys(spans)]


def _weights(read: Sequence[_Read]) -> dict[str, float]:
    """idf of every word among all sentences of the documents; "" stands for a word that none of them has."""
    having = Counter(word for each in read for words in each.words for word in words)
    count = sum(len(each.sentences) for each in read)
    weights = {word: math.log(1 + count / (0.5 + times)) for word, times in having.items()}
    return weights | {"": math.log(1 + count / 0.5)}


def _check(claim: Claim, cited: _Read, own: Sequence[_Read], weights: Mapping[str, float], said: str) -> Check:
    """By the window that holds most of the sentence; what several cited documents hold together is held."""
    wanted = facts.numbers(claim.sentence)
    words = facts.without_numbers(terms(claim.sentence))
    rare = weights[""]
    whole = sum(weights.get(each, rare) for each in words)
    if not (words or wanted) or not cited.sentences:
        return Check(claim.number, claim.sentence, NOT_CHECKED)

    def share(some: frozenset[str]) -> float:
        return sum(weights.get(each, rare) for each in words & some) / whole if words else 1.0

    def score(at: int) -> tuple[float, float, int]:
        held = frozenset().union(*(cited.words[each] for each in cited.window(at))) | cited.title
        there = _missing(wanted, [cited.numbers[each] for each in cited.window(at)])
        return share(held) - 0.2 * len(there), share(cited.words[at]), -at

    best = max(range(len(cited.sentences)), key=score)
    window = frozenset().union(*(cited.words[each] for each in cited.window(best))) | cited.title
    together = frozenset().union(*(words for each in own for words in each.words), *(each.title for each in own))
    held = share(window)
    held_together = share(window | (together & words)) if len(own) > 1 else held
    everywhere = [numbers for each in own for numbers in each.numbers]
    strangers = facts.names(claim.sentence, german=said == "de") - together
    own_share, own_missing = share(cited.words[best]), _missing(wanted, [cited.numbers[best]])

    def adds(at: int) -> bool:
        """Does a neighbour say something of the claim that the sentence itself does not?"""
        more = share(cited.words[best] | cited.words[at]) > own_share
        return more or len(_missing(wanted, [cited.numbers[best], cited.numbers[at]])) < len(own_missing)

    places = [at for at in cited.window(best) if at == best or adds(at)]
    start, end = cited.sentences[places[0]].start, cited.sentences[places[-1]].end
    if held < SOME or _missing(wanted, everywhere):
        return Check(claim.number, claim.sentence, NOT_FOUND, *((start, end) if held >= SOME else (None, None)))
    same = bool(words) and share(cited.words[best] | cited.title) >= SAME
    near = [cited.numbers[each] for each in ([best] if same else cited.window(best))] if len(own) == 1 else everywhere
    doubtful = (
        held_together < ENOUGH or strangers or _missing(wanted, near) or (same and _denies(claim.sentence, cited, best))
    )
    return Check(claim.number, claim.sentence, WEAK if doubtful else SUPPORTED, start, end)


def _missing(wanted: Sequence[facts.Number], said: Sequence[Sequence[facts.Number]]) -> list[facts.Number]:
    there = [number for each in said for number in each]
    return [each for each in wanted if not any(each.said_by(other) for other in there)]


def _denies(sentence: str, cited: _Read, best: int) -> bool:
    """One of the two says “not” and the other does not; neighbours of the document's sentence may say it too."""
    ours = bool(_NOT.search(sentence))
    theirs = [bool(_NOT.search(cited.sentences[each].text)) for each in cited.window(best)]
    return not any(theirs) if ours else bool(_NOT.search(cited.sentences[best].text))
