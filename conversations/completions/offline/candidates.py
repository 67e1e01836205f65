"""What a passage has that could answer: its sentences as they stand, and the rows of its tables under their heads."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from conversations.completions.fence import APART, Passage
from conversations.texts import tables
from conversations.texts.facts import without_numbers
from conversations.texts.language import language
from conversations.texts.scanning import marker, without_markers
from conversations.texts.sentences import sentences
from conversations.texts.tables import Row
from conversations.texts.words import fold, terms

LONGEST = 500  # characters of a sentence that is quoted
ALIKE = 0.75  # share of common words from which two sentences speak of the same
LEAST = 3  # words of a sentence that can be told from others
_DIGIT = re.compile(r"\d")
_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f,.’'](?=\d{3}(?!\d))")  # “36 362” is one number
_WORD = re.compile(r"[^\W_]+")
_ENDED = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*\Z")
_BULLET = re.compile(r"^(?:[-*+•]|\d+[.)])\s+")


@dataclass(frozen=True)
class Candidate:
    number: int  # of its passage
    text: str
    own: frozenset[str]  # words
    words: frozenset[str]  # the same, of a row also those of its head
    around: frozenset[str]  # words of its whole passage
    title: frozenset[str]
    about: frozenset[str]  # words that its passage says twice, or is called by
    language: str  # of its passage, if that says
    document: str = ""  # what it is called, without the headings above the passage
    literal: frozenset[str] = frozenset()  # words of its whole passage as they stand there
    row: Row | None = None
    head: frozenset[str] = frozenset()  # words of a row's head

    def answers(self, wanted: Collection[str], *, amount: bool) -> bool:
        """Has it enough of a question's words to be an answer? `amount`: a number is asked for.

        One word that is only mentioned is not enough. Two are, one of them in the sentence, or one that the passage is
        about, or one and a number where that is asked for. A row says only what its columns are for: it needs a word
        in its cells and another one in its head, or in what the table is called.
        """
        wanted = set(wanted)
        if self.row is None:
            counts = amount and self.has_number
            enough = len(self.around & wanted) + counts >= min(2, len(wanted)) or not self.about.isdisjoint(wanted)
            return enough and (counts or not self.own.isdisjoint(wanted) or wanted <= self.around)
        named = self.own & wanted
        return named == wanted or (bool(named and self.headed(wanted)) and len(named | self.headed(wanted)) > 1)

    def headed(self, wanted: Collection[str]) -> frozenset[str]:
        """Those of `wanted` that the head of a row has, or what its table is called."""
        return (self.head | self.title) & frozenset(wanted)

    def differs(self, other: "Candidate") -> bool:
        """Does it say otherwise what `other` says in much the same words, as another version of a document does?"""
        if self.row or other.row or not (self.document and other.document) or self.document == other.document:
            return False
        mine, theirs = without_numbers(self.own), without_numbers(other.own)
        least = min(len(mine), len(theirs))
        return least >= LEAST and len(mine & theirs) >= ALIKE * least and self.own != other.own

    @property
    def has_number(self) -> bool:
        return bool(_DIGIT.search(self.text))

    def said(self, wanted: Collection[str]) -> str:
        """It as a sentence with its marker. Of a row: what names it, and the columns that are asked for, or all."""
        return f"{self._pairs(self.row, wanted) if self.row else self.text} {marker(self.number)}"

    def _pairs(self, row: Row, wanted: Collection[str]) -> str:
        found = []
        for name, cell in row.pairs():
            names_it = not _DIGIT.search(cell) or not set(terms(cell)).isdisjoint(wanted)
            found.append((name, cell, names_it, not set(terms(name)).isdisjoint(wanted)))
        some = any(is_asked and not names_it for *_, names_it, is_asked in found)
        shown = [(name, cell) for name, cell, names_it, is_asked in found if names_it or is_asked or not some]
        return "; ".join(f"{name}: {_plain(cell)}" if name else _plain(cell) for name, cell in shown) + "."


def candidates(given: Iterable[Passage]) -> Iterable[Candidate]:
    """Of all passages, in their order; the head of a table is none."""
    for passage in given:
        rows = tables.rows(passage.content)
        title, counts = frozenset(terms(passage.title)), Counter(terms(whole(passage.content)))
        candidate = partial(
            Candidate,
            passage.number,
            around=title | counts.keys(),
            title=title,
            about=title | {word for word, times in counts.items() if times > 1},
            language=language(passage.content),
            document=passage.title.partition(APART)[0],
            literal=frozenset(written(f"{passage.title}\n{passage.content}")),
        )
        starts = {each.start for each in rows}
        for sentence in sentences(passage.content):
            text = _plain(sentence.text)
            words = frozenset(terms(whole(text)))
            if words and sentence.start not in starts and not _names(sentence.text, words):
                yield candidate(text, words, words)
        for row in rows:
            if row.head:
                own = frozenset(terms(" ".join(whole(each.text) for each in row.cells)))
                text = passage.content[row.start : row.end]
                head = frozenset(terms(" ".join(row.head)))
                yield candidate(text, own, own | head, row=row, head=head)


def whole(text: str) -> str:
    """`text` with numbers of many digits as one word each: nobody who asks about 3 means “3 600”."""
    return _GROUPED.sub("", text)


def written(text: str) -> list[str]:
    """Its words as they are written, but for case and accents."""
    return _WORD.findall(fold(text))


def _names(text: str, words: Collection[str]) -> bool:
    """Is it a line that only names what comes below it?"""
    return len(words) <= LEAST and not (_ENDED.search(text) or _DIGIT.search(text) or _BULLET.match(text))


def _plain(text: str) -> str:
    """Without the mark of a list and the markers of others, in one line, and not endless."""
    text = _BULLET.sub("", " ".join(without_markers(text).split()))
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]
