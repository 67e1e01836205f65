"""Questions made of a collection's own passages, to learn how sure its signals are (`signals.calibrate`).

A person asks in other words than the passage answers in, so that a probe keeps only some words of a sentence and takes
the others from anywhere in the collection. How many is drawn anew for each, as people's questions were measured to do.
Other words can mean the same, so what is embedded are the sentence's own.
"""

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from conversations.texts.sentences import sentences
from conversations.texts.words import terms

COUNT = 400
WORDS = (3, 8)  # of a probe
KEPT = (4.5, 1.4)  # of Beta: the share of its words that is the passage's own, mean .76
_WORD = re.compile(r"[^\W_]+")
_CJK_PIECE = 4  # characters, where no space parts words
_LONG = 20


class Probe(NamedTuple):
    """`home` is the place of the passage that answers it; `meaning` what it asks in that passage's own words."""

    text: str
    home: int
    meaning: str


def probes(passages: Sequence[str], count: int = COUNT, seed: int = 0) -> list[Probe]:
    """The same ones for the same passages; fewer than `count` if there is little text."""
    chance = random.Random(seed)
    homes = list(range(len(passages)))
    chance.shuffle(homes)
    found: list[Probe] = []
    for at in range(count if passages else 0):
        home = homes[at % len(homes)]
        own = _stretch(chance, passages[home])
        if not own:
            continue
        share = chance.betavariate(*KEPT)
        said = [
            each if not terms(each) or chance.random() < share else _foreign(chance, passages) or each for each in own
        ]
        found.append(Probe(" ".join(said), home, " ".join(own)))
    return found


def _stretch(chance: random.Random, passage: str) -> list[str]:
    """Neighbouring words of one of its sentences, as many of them telling as WORDS says; none if it has too few."""
    words = _words(chance, passage)
    telling = [at for at, each in enumerate(words) if terms(each)]
    if len(telling) < WORDS[0]:
        return []
    count = min(len(telling), chance.randint(*WORDS))
    first = chance.randint(0, len(telling) - count)
    return words[telling[first] : telling[first + count - 1] + 1]


def _foreign(chance: random.Random, passages: Sequence[str]) -> str:
    """A telling word from anywhere."""
    words = [each for each in _words(chance, chance.choice(passages)) if terms(each)]
    return chance.choice(words) if words else ""


def _words(chance: random.Random, passage: str) -> list[str]:
    """Those of one of its sentences."""
    parts = sentences(passage)
    words = _WORD.findall(chance.choice(parts).text) if parts else []
    return [word[at : at + size] for word in words for size in [_size(word)] for at in range(0, len(word), size)]


def _size(word: str) -> int:
    return len(word) if word.isascii() or len(word) <= _LONG else _CJK_PIECE
