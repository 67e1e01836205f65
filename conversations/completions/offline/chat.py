"""Questions that need no documents: a greeting, thanks, a sum, a date, or one about the conversation itself."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from conversations.completions.offline import dates, sums
from conversations.completions.offline.words import LANGUAGES, Words, words_for
from conversations.texts.numerals import NUMERALS
from conversations.texts.sentences import sentences
from conversations.texts.words import fold, terms

Turns = Sequence[tuple[Any, str]]  # who said what: "user" or "assistant"

_WORD = re.compile(r"[^\W\d_]+")


def answer(turns: Turns) -> str:
    """What is said to the last of `turns` without looking anything up; nothing if it is about something else."""
    question = _last(turns)
    words = words_for(question)
    if said := repeat(question, words):
        return said
    if not question or not _idle(question):
        return ""
    return (
        sums.answer(question, words, only=True)
        or dates.answer(question, words)
        or earlier(turns, words)
        or _shorter(turns, words)
        or small_talk(question, words)
        or _nod(question, words)
    )


def before(turns: Turns) -> str:
    """The question before the last one that was about something; nothing if there was none."""
    return next((question for question, _ in _subjects(turns)), "")


def repeat(question: str, words: Words) -> str:
    for start in words.repeat:
        if question.lower().startswith(start):
            return question[len(start) :].lstrip(" :\n")
    return ""


def earlier(turns: Turns, words: Words) -> str:
    """The question before, if that is what is asked for."""
    if not any(each in _last(turns).lower() for each in words.earlier):
        return ""
    asked = [said.strip() for role, said in turns if role == "user"][:-1]
    return words.asked_before.format(question=before(turns) or asked[-1]) if asked else words.asked_nothing


def small_talk(question: str, words: Words) -> str:
    low = question.lower()
    for starts, said in words.talk:
        if any(_begins(low, each) for each in starts):
            return said
    return ""


def _nod(question: str, words: Words) -> str:
    said, *nods = words.nods
    return said if any(_begins(question.lower(), each) for each in nods) else ""


def _begins(low: str, start: str) -> bool:
    """With this word; Korean says “really” before its thanks."""
    ending, before = (r"(?![^\W\d_])", r"\W*") if start.isascii() else ("", r"(?:.*\s)?\W*")
    return re.match(before + re.escape(start) + ending, low) is not None


def _shorter(turns: Turns, words: Words) -> str:
    """The first sentence of the last answer that was about something, if a shorter one is asked for."""
    if not any(each in _last(turns).lower() for each in words.shorter):
        return ""
    said = next((sentences(said) for _, said in _subjects(turns) if said.strip()), [])
    if not said:
        return words.nothing_said
    return said[0].text if len(said) > 1 else words.shortest.format(said=said[0].text)


def _subjects(turns: Turns) -> Iterator[tuple[str, str]]:
    """Earlier questions that were about something and their answers, the last ones first."""
    asked = [at for at, (role, _) in enumerate(turns) if role == "user"]
    for at in reversed(asked[:-1]):
        if not answer([turns[at]]):
            said = turns[at + 1][1] if turns[at + 1][0] == "assistant" else ""
            yield turns[at][1].strip(), said


def _last(turns: Turns) -> str:
    return next((said.strip() for role, said in reversed(turns) if role == "user"), "")


def _idle(question: str) -> bool:
    """Are all of its words those of a greeting, a sum, a date or of talk about the conversation?"""
    own, starts = _vocabulary()
    return all(own.issuperset(terms(each)) or each.startswith(starts) for each in _WORD.findall(fold(question)))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], tuple[str, ...]]:
    """Terms, and how Korean words begin, which end in many ways."""
    known = fold(" ".join([*(each.idle for each in LANGUAGES), *NUMERALS]))
    return frozenset(terms(known)), tuple(each for each in known.split() if not each.isascii())
