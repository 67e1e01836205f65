"""Does the document say what the sentence that cites it says?

Words are compared, not meanings: the sentence's telling words, weighted by how rare they are among all documents of
this answer, have to stand together in three neighbouring sentences of the document, and no document that is not cited
may hold much more of them; its numbers and names have to stand there as they are. A row of a table is read with its
head, and has no neighbours but the rows that the sentence names as well. A sentence of another language is compared by
vectors if there is a way to make some.
"""

import asyncio
import logging
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.completions.errors import CompletionError
from conversations.grounding.across import across
from conversations.grounding.claims import Claim, claims
from conversations.grounding.rereading import Document, Reread, Sought, reread
from conversations.retrieval.base import Embed
from conversations.texts import facts
from conversations.texts.language import language
from conversations.texts.scanning import marked
from conversations.texts.words import terms

log = logging.getLogger(__name__)

SUPPORTED, WEAK, NOT_FOUND, NOT_CHECKED = "supported", "weak", "not_found", "not_checked"
PATIENCE = 8.0  # seconds for vectors
ENOUGH = 0.55  # share of the sentence's weight that a window has to hold
SOME = 0.3
ROW = 0.5  # what a word counts that a row of a table does not hold: it has no verbs
BETTER = 0.15  # share that a document which is not cited has to hold more: then that one should have been cited
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


async def verify(text: str, documents: Sequence[Document], embed: Embed | None = None) -> list[Check]:
    """A check for every marker of a stored answer, in their order."""
    if not marked(text):  # as most answers: nothing is to be read
        return []
    read, found, foreign = await asyncio.to_thread(_by_words, text, documents)
    if foreign and embed is not None:
        await _compare(found, foreign, read, embed)
    return found


def verify_words(text: str, documents: Sequence[Document]) -> list[Check]:
    """The same at once, by words alone: what only vectors could compare is not checked."""
    return _by_words(text, documents)[1]


def _by_words(text: str, documents: Sequence[Document]) -> tuple[dict[int, Reread], list[Check], list[int]]:
    """The documents as they are compared, the checks, and the places of those that words cannot settle."""
    read = {each.number: reread(each) for each in documents}
    weights = _weights(list(read.values()))
    found: list[Check] = []
    foreign: list[int] = []
    for claim in claims(text):
        own = [read[each] for each in claim.numbers if each in read]
        others = [each for number, each in read.items() if number not in claim.numbers]
        cited = read.get(claim.number)
        said = language(claim.sentence)
        if cited is None or not claim.sentence:
            found.append(Check(claim.number, claim.sentence, NOT_FOUND if cited is None else NOT_CHECKED))
        elif said and cited.language and said != cited.language:
            foreign.append(len(found))
            found.append(Check(claim.number, claim.sentence, NOT_CHECKED))
        else:
            found.append(_check(claim, cited, own, others, weights, said))
    return read, found, foreign


async def _compare(found: list[Check], foreign: Sequence[int], read: Mapping[int, Reread], embed: Embed) -> None:
    """Settle the checks at the places `foreign` by vectors; if there are none to be had they stay unchecked."""
    windows = {number: _windows(each) for number, each in read.items()}
    said, cited = [found[at].sentence for at in foreign], [found[at].number for at in foreign]
    try:
        async with asyncio.timeout(PATIENCE):
            verdicts = await across(said, cited, windows, embed)
    except (TimeoutError, CompletionError) as error:
        log.info("Citations of another language are not checked: %s", error or "too late")
        return
    for at, (verdict, span) in zip(foreign, verdicts, strict=True):
        check = found[at]
        if verdict == SUPPORTED and facts.missing(facts.numbers(check.sentence), read[check.number].numbers):
            verdict = WEAK
        found[at] = Check(check.number, check.sentence, verdict, *(span or (None, None)))


def _windows(read: Reread) -> list[tuple[str, tuple[int, int]]]:
    spans = (read.span(read.window(at)) for at in range(len(read.sentences)))
    return [(read.document.content[start:end], (start, end)) for start, end in dict.fromkeys(spans)]


def _weights(read: Sequence[Reread]) -> dict[str, float]:
    """idf of every word among all sentences of the documents; "" stands for a word that none of them has."""
    having = Counter(word for each in read for words in each.own for word in words)
    count = sum(len(each.sentences) for each in read)
    weights = {word: math.log(1 + count / (0.5 + times)) for word, times in having.items()}
    return weights | {"": math.log(1 + count / 0.5)}


def _check(
    claim: Claim,
    cited: Reread,
    own: Sequence[Reread],
    others: Sequence[Reread],
    weights: Mapping[str, float],
    said: str,
) -> Check:
    """By the window that holds most of the sentence; what several cited documents hold together is held."""
    wanted = facts.numbers(claim.sentence)
    words = facts.without_numbers(terms(claim.sentence))
    rare = weights[""]
    whole = math.fsum(weights.get(each, rare) for each in words)
    if not (words or wanted) or not cited.sentences:
        return Check(claim.number, claim.sentence, NOT_CHECKED)

    def share(some: frozenset[str], at: int | None = None) -> float:
        """Of the sentence's weight, what `some` hold: words of the place `at` and of others, or of another document."""
        held = math.fsum(weights.get(each, rare) for each in words & some)
        missing = (whole - held) * (ROW if at is not None and cited.tables[at] >= 0 else 1.0)
        return held / (held + missing) if held + missing else float(not words)

    sought = Sought(cited, words, wanted)

    def score(at: int) -> tuple[float, float, int]:
        there = share(sought.held(at), at) - 0.2 * len(sought.missing(at))
        return there, share(cited.words[at], at), -at

    best = max(range(len(cited.sentences)), key=score)
    around = cited.window(best, words)
    window = sought.held(best)
    together = frozenset().union(*(each.vocabulary for each in own))
    held = share(window, best)
    held_together = share(window | (together & words), best) if len(own) > 1 else held
    besides = [(Sought(each, words, ()), len(each.sentences)) for each in others]
    elsewhere = max((share(each.held(at)) for each, count in besides for at in range(count)), default=0.0)
    everywhere = [numbers for each in own for numbers in each.numbers]
    strangers = facts.names(claim.sentence, german=said == "de") - together
    own_share, own_missing = share(cited.words[best], best), facts.missing(wanted, [cited.numbers[best]])

    def adds(at: int) -> bool:
        """Does another place say something of the claim that the best one does not?"""
        more = share(cited.words[best] | cited.words[at], best) > own_share
        return more or len(facts.missing(wanted, [cited.numbers[best], cited.numbers[at]])) < len(own_missing)

    start, end = cited.span(cited.run(best, {at for at in around if at == best or adds(at)}))
    if held < SOME or facts.missing(wanted, everywhere):
        return Check(claim.number, claim.sentence, NOT_FOUND, *((start, end) if held >= SOME else (None, None)))
    is_row = cited.tables[best] >= 0
    same = bool(words) and share(cited.words[best] | cited.title, best) >= SAME
    near = [cited.numbers[each] for each in ([best] if same and not is_row else around)]
    doubtful = (
        held_together < ENOUGH
        or elsewhere > held_together + BETTER
        or strangers
        or facts.missing(wanted, near if len(own) == 1 else everywhere)
        or (same and _denies(claim.sentence, cited, best))
        or (is_row and not cited.names(best, words))
    )
    return Check(claim.number, claim.sentence, WEAK if doubtful else SUPPORTED, start, end)


def _denies(sentence: str, cited: Reread, best: int) -> bool:
    """One of the two says “not” and the other does not; neighbours of the document's sentence may say it too."""
    ours = bool(_NOT.search(sentence))
    theirs = [bool(_NOT.search(cited.sentences[each].text)) for each in cited.window(best)]
    return not any(theirs) if ours else bool(_NOT.search(cited.sentences[best].text))
