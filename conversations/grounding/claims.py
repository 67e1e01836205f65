"""A finished answer as claims: each sentence that cites, and what it cites."""

import re
from dataclasses import dataclass

from conversations.texts.scanning import Kind, Scanner
from conversations.texts.sentences import Sentence, sentences

_MARKUP = re.compile(r"[*_#>`]+")
_BARS = re.compile(r"\s*\|[\s|]*")  # between the cells of a row


@dataclass(frozen=True)
class Claim:
    """One mention: `sentence` of the answer, without markers, rests on `[docN]`. `numbers`: all that it rests on."""

    number: int
    sentence: str
    numbers: tuple[int, ...]


def claims(text: str) -> list[Claim]:
    """One for every marker of a stored answer, in their order. A marker after a full stop belongs to what it ended."""
    bare, mentions = _apart(text)
    found = sentences(bare)
    owners = [_owner(found, place) for place, _ in mentions]
    cited: dict[int, list[int]] = {}
    for (_, number), owner in zip(mentions, owners, strict=True):
        cited.setdefault(owner, []).append(number)
    return [
        Claim(number, _tidy(found[owner].text) if owner >= 0 else "", tuple(dict.fromkeys(cited[owner])))
        for (_, number), owner in zip(mentions, owners, strict=True)
    ]


def _apart(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without markers, and for each marker where it stood there and its number. Code says nothing."""
    scanner, parts, length = Scanner(), [], 0
    mentions: list[tuple[int, int]] = []
    for token in scanner.add(text, final=True):
        if token.kind is Kind.MARKER and not token.bare:
            mentions += [(length, number) for number in token.numbers]
            continue
        said = " " * len(token.text) if token.kind is Kind.CODE else token.text
        parts.append(said)
        length += len(said)
    return "".join(parts), mentions


def _owner(found: list[Sentence], place: int) -> int:
    """The place of the last sentence that began before a marker; -1 if none did."""
    return next((at for at in range(len(found) - 1, -1, -1) if found[at].start < place), -1)


def _tidy(sentence: str) -> str:
    """Without markup; cells of a row stay apart, or the numbers of two would be one."""
    bare = _MARKUP.sub(" ", sentence)
    return " ".join(_BARS.sub(", ", bare.strip("| \t\n")).split())
