"""Texts as words in the form in which they are compared, the same for every language and every part of the product.

Without case and accents; without words that say nothing of a subject; without endings; Chinese, Japanese and Korean
as pairs of neighbouring characters. No language is guessed, since a question of three words betrays none and must
still be cut as the documents were: every word loses the endings of all LANGUAGES, one after the other. On English text
that finds as well as English endings alone.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from threading import Lock

import Stemmer

from conversations.texts.common import COMMON

LONGEST = 64  # characters of a word; the rest is left out
CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
LANGUAGES = ("english", "french", "german")

_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_IS_CJK = re.compile(rf"[{CJK}]")
_PARTICLE = re.compile(
    r"(?<=[가-힣]{2})(?:에서는?|에게서?|으로|까지|부터|에는|이나|입니[다까]|인가요|이에요|예요|[은는]요|"
    r"[하되](?:는|고|면|며|지|나요)|하여|해서|해야|해요|한다|합니[다까]|되어|된다|됩니[다까]|[은는이가을를의에로와과도만])\Z"
)
_ASKS = re.compile(r"\bcombien de temps\b|얼마\s?동안|얼마나")  # folded: says how something is asked, and nothing of it
_stemmers = [Stemmer.Stemmer(each, 0) for each in LANGUAGES]
_lock = Lock()  # a stemmer has a buffer of its own


def terms(text: str) -> list[str]:
    """Words of `text` that say something, in their order, as often as they are said."""
    return list(chain.from_iterable(map(_terms, _RUN.findall(fold(text)))))


def asked(text: str) -> list[str]:
    """The different terms of a question; all of its words if none of them says anything (“The Who”)."""
    folded = fold(text)
    return list(dict.fromkeys(terms(_ASKS.sub(" ", folded)) or (each[:LONGEST] for each in _RUN.findall(folded))))


def telling(text: str) -> int:
    """How many of its words say something."""
    return sum(bool(_terms(each)) for each in _RUN.findall(_ASKS.sub(" ", fold(text))))


def fold(text: str) -> str:
    """`text` without case and accents; Hangul stays composed."""
    if text.isascii():
        return text.lower()
    bare = _marks().sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=200_000)
def _terms(run: str) -> tuple[str, ...]:
    """What one folded run of letters becomes: nothing, a stem, or pairs."""
    if _IS_CJK.match(run):
        run = _PARTICLE.sub("", run)
        pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
        return tuple(each for each in pairs if each not in COMMON)
    return () if run in COMMON else (_stem(run[:LONGEST]),)


def _stem(word: str) -> str:
    if not word.isalpha() or len(word) < 4:
        return word
    with _lock:
        for each in _stemmers:
            word = each.stemWord(word)
    return word


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    """Every combining character: one pattern is a hundred times faster than asking for each."""
    marks = (chr(at) for at in range(0x300, 0x20000) if unicodedata.combining(chr(at)))
    return re.compile(f"[{''.join(marks)}]+")
