"""Answers from documents in the prompt: the sentences and rows that share most of the question's rare words."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable

from conversations.completions.fence import Passage
from conversations.completions.offline.candidates import Candidate, candidates, whole, written
from conversations.completions.offline.words import words_for
from conversations.texts.language import language
from conversations.texts.words import CJK, asked, telling, terms

SHORT, TELLING = 5, 3  # words of a question that goes on from the one before, and those that tell: “And in Madrid?”
ENOUGH = 0.2  # share of the question's idf that a passage has to cover
SECOND = 0.1  # that a second sentence has to add
CONTEXT = 0.7  # what the whole passage counts beside its sentence
RANK = 0.25  # what each place in the retriever's order costs
KIND = 0.1  # what a number is worth where one is asked for
ROWS = 5  # that answer a question alike
_AMOUNT = re.compile(
    r"\b(?:how (?:many|much|long|old|often|far)|when|what (?:year|date|time|percentage)|combien|quand)\b"
    r"|\bwie ?viele?\b|\bwann\b|몇|며칠|언제|얼마",
    re.IGNORECASE,
)
_HOW = re.compile(r"\bhow (?:many|much|long|old|often|far)\b", re.IGNORECASE)  # asks, and says nothing of a subject
_WORD = re.compile(r"\w+")
_CJK = re.compile(rf"[{CJK}]")
_PARTS = re.compile(
    r",?\s+(?:and|et|und)\s+(?=(?:who|whom|what|when|where|how|which|why|qui|quand|où|comment|combien|quel|quelle|"
    r"wer|was|wann|wo|wie)\b)|(?<=[이하]고|[이하]며),?\s+(?=누가|누구|언제|어디|어떻게|무엇|무슨|어떤|왜|몇|며칠|얼마)",
    re.IGNORECASE,
)


def answer(question: str, earlier: str, given: list[Passage]) -> str:
    """One or two sentences, or rows, for each part of the question, with their `[docN]`; nothing if none fits.

    Where another document says otherwise, both say it.

    `earlier`: the question before, which a short one may go on from, or nothing.
    """
    found = list(candidates(given))
    first, *others = _PARTS.split(question, maxsplit=1)
    rank = RANK / 5 if others else RANK  # the order is that of the whole question
    code = language(question) or words_for(question).code
    found = [each for each in found if each.language in {"", code} or _shares(question, each)]
    said = _parts(first, earlier, found, rank, code)
    for part in others:
        said += [each for each in _parts(part, first, found, rank, code) if each not in said]
    return ("\n\n" if any("\n" in each for each in said) else " ").join(said)


def _shares(question: str, foreign: Candidate) -> bool:
    """Has a passage of another language one of the telling words as it is written? Else only their stems are alike.

    Chinese and Japanese have none, and may not be told from each other by a few words.
    """
    words = [(each, terms(each)) for each in written(question)]
    alike = (
        each in foreign.literal or (_CJK.match(each) and not foreign.around.isdisjoint(own))
        for each, own in words
        if own
    )
    return any(alike)


def _parts(question: str, earlier: str, found: list[Candidate], rank: float, code: str) -> list[str]:
    own = asked(_HOW.sub(" ", whole(question)))
    wanted = dict.fromkeys(own, 1.0)
    if telling(question) <= TELLING and len(question.split()) <= SHORT:
        wanted = dict.fromkeys(asked(whole(earlier)), 0.5) | wanted
    if own and not any(each.around & set(own) for each in found):
        return []  # only the question before has to do with these documents
    weights = _weights(wanted, found)
    total, amount = sum(weights.values()), bool(_AMOUNT.search(question))

    def share(words: Iterable[str]) -> float:
        return sum(weights[each] for each in weights.keys() & set(words)) / total

    def score(each: Candidate) -> float:
        kind = KIND if amount and each.has_number else 0.0
        sought = not (each.head - each.own).isdisjoint(weights)
        order = 0.0 if sought else rank * each.number  # which is of whole tables, and says nothing of a row
        return share(each.words) + CONTEXT * share(each.around) + kind - order

    def able_to(each: Candidate) -> bool:
        """By the question's own words; those before help only where all of it is there: “And in Madrid?”."""
        there = each.words if each.row else each.words | each.around  # another row of its table is no help
        goes_on = all(not told or told & there for told in tells)
        return each.answers(own, amount=amount) or (goes_on and each.answers(weights.keys(), amount=amount))

    tells = [set(terms(each)) for each in _WORD.findall(question)]
    able = [each for each in found if total and able_to(each)]
    able = [each for each in able if each.language in {"", code}] or able  # words of two languages may be alike
    best = max(able, key=score, default=None)
    if best is None or share(best.around) < ENOUGH:
        return []
    rest = [each for each in able if each.number == best.number and each is not best]
    if best.row:
        alike = [each for each in rest if each.row and each.words & weights.keys() == best.words & weights.keys()]
        return [each.said(weights.keys()) for each in sorted([best, *alike], key=found.index)][:ROWS]
    others = [each for each in able if each.differs(best) and share(best.words - each.words) < SECOND]
    other = max(others, key=score, default=None)
    if other:
        return _versions(best, other, weights.keys(), words_for(question).several)
    second = max(rest, key=lambda each: share(each.words - best.words), default=None)
    if second and share(second.words - best.words) >= SECOND:
        return [each.said(weights.keys()) for each in sorted([best, second], key=found.index)]
    return [best.said(weights.keys())]


def _versions(best: Candidate, other: Candidate, wanted: Collection[str], several: str) -> list[str]:
    """What two documents say of the same, or the one of them whose title the question names."""
    names_best, names_other = best.title - other.title, other.title - best.title
    if names_best.isdisjoint(wanted) == names_other.isdisjoint(wanted):
        return ["\n".join([f"{several}\n", *(f"- {each.said(wanted)}" for each in (best, other))])]
    return [(other if names_best.isdisjoint(wanted) else best).said(wanted)]


def _weights(wanted: dict[str, float], found: list[Candidate]) -> dict[str, float]:
    """idf of each word among all sentences, as much of it as the word is wanted."""
    having = Counter(word for each in found for word in each.own)
    return {word: share * math.log(1 + len(found) / (0.5 + having[word])) for word, share in wanted.items()}
