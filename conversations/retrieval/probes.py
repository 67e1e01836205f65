"""Questions made of a collection's own passages, to learn how sure its signals are (`signals.calibrate`).

A person asks in other words than the passage answers in, so that a probe keeps only some words of a sentence and takes
the others from anywhere in the collection. How many is drawn anew for each, as people's questions were measured to do.
"""

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from conversations.retrieval.words import terms
from conversations.texts.sentences import sentences

COUNT = 400
WORDS = (3, 8)  # of a probe
KEPT = (4.5, 1.4)  # of Beta: the share of its words that is the passage's own, mean .76
_WORD = re.compile(r"[^\W_]+")
_CJK_PIECE = 4  # characters, where no space parts words
_LONG = 20


class Probe(NamedTuple):
    """`home` is the place of the passage that answers it."""

    text: str
    home: int


def probes(passages: Sequence[str], count: int = COUNT, seed: int = 0) -> list[Probe]:
    """The same ones for the same passages; fewer than `count` if there is little text."""
    chance = random.Random(seed)
    homes = list(range(len(passages)))
    chance.shuffle(homes)
    found: list[Probe] = []
    for at in range(count if passages else 0):
        home = homes[at % len(homes)]
        own = _from(chance, passages[home])
        if len(own) < WORDS[0]:
            continue
        own = chance.sample(own, min(len(own), chance.randint(*WORDS)))
        share = chance.betavariate(*KEPT)
        said = [each if chance.random() < share else _foreign(chance, passages) or each for each in own]
        found.append(Probe(" ".join(said), home))
    return found


def _foreign(chance: random.Random, passages: Sequence[str]) -> str:
    """A word from anywhere."""
    words = _from(chance, chance.choice(passages))
    return chance.choice(words) if words else ""


def _from(chance: random.Random, passage: str) -> list[str]:
    """The different words of one of its sentences that say something."""
    parts = sentences(passage)
    if not parts:
        return []
    words = list(dict.fromkeys(_WORD.findall(chance.choice(parts).text)))
    cut = [word[at : at + size] for word in words for size in [_size(word)] for at in range(0, len(word), size)]
    return [each for each in cut if terms(each)]


def _size(word: str) -> int:
    return len(word) if word.isascii() or len(word) <= _LONG else _CJK_PIECE
