"""What a passage has that could answer: its sentences as they stand, and the rows of its tables under their heads."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from conversations.completions.fence import Passage
from conversations.texts import tables
from conversations.texts.language import language
from conversations.texts.scanning import marker, without_markers
from conversations.texts.sentences import sentences
from conversations.texts.tables import Row
from conversations.texts.words import terms

LONGEST = 500  # characters of a sentence that is quoted
_DIGIT = re.compile(r"\d")


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
    row: Row | None = None

    def answers(self, wanted: Collection[str], *, amount: bool) -> bool:
        """Has it enough of a question's words to be an answer? `amount`: a number is asked for.

        One word that is only mentioned is not enough. Two are, or one that the passage is about, or one and a number
        where that is asked for. A row says only what its columns are for: it needs a word in its cells and another one
        in its head, or in what the table is called.
        """
        wanted = set(wanted)
        if self.row is None:
            said = len(self.around & wanted) + (amount and self.has_number)
            return said >= min(2, len(wanted)) or not self.about.isdisjoint(wanted)
        named = self.own & wanted
        return bool(named and ((self.words | self.title) - self.own) & wanted) or named == wanted

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
        title, counts = frozenset(terms(passage.title)), Counter(terms(passage.content))
        candidate = partial(
            Candidate,
            passage.number,
            around=title | counts.keys(),
            title=title,
            about=title | {word for word, times in counts.items() if times > 1},
            language=language(passage.content),
        )
        starts = {each.start for each in rows}
        for sentence in sentences(passage.content):
            text = _plain(sentence.text)
            words = frozenset(terms(text))
            if words and sentence.start not in starts:
                yield candidate(text, words, words)
        for row in rows:
            if row.head:
                own = frozenset(terms(" ".join(each.text for each in row.cells)))
                text = passage.content[row.start : row.end]
                yield candidate(text, own, own | frozenset(terms(" ".join(row.head))), row=row)


def _plain(text: str) -> str:
    """Without the markers of others, in one line, and not endless."""
    text = " ".join(without_markers(text).split())
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]
