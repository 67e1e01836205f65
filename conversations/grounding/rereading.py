"""A document as claims are compared with it: its sentences, and the rows of its tables, each with the head above it."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conversations.texts import facts, tables
from conversations.texts.language import language
from conversations.texts.sentences import Sentence, sentences
from conversations.texts.words import terms


@dataclass(frozen=True)
class Document:
    """What `[docN]` gave the model to read; `title` counts as said in it."""

    number: int
    content: str
    title: str = ""


@dataclass(frozen=True)
class Reread:
    document: Document
    sentences: list[Sentence]
    own: list[frozenset[str]]  # words of each sentence
    words: list[frozenset[str]]  # the same, for a row also those of its head
    tables: list[int]  # where the table of each row starts; -1 for what is no row
    numbers: list[list[facts.Number]]  # of each sentence; of a row also those of its head
    title: frozenset[str]
    language: str

    def window(self, at: int, said: Collection[str] = ()) -> list[int]:
        """The places that a claim may rest on together, with that at `at`.

        A sentence and its neighbours; or a row and those rows of its table that have other words of `said`.
        """
        table = self.tables[at]
        if table < 0:
            return [each for each in (at - 1, at, at + 1) if 0 <= each < len(self.sentences)]
        rows = (self.rows.get((table, word), []) for word in set(said) - self.words[at])
        return sorted({at}.union(*rows))

    @cached_property
    def rows(self) -> Mapping[tuple[int, str], list[int]]:
        """The places of a table's rows that have a word of their own, by the table and the word."""
        found = defaultdict(list)
        for at, (table, words) in enumerate(zip(self.tables, self.own, strict=True)):
            for word in words if table >= 0 else ():
                found[table, word].append(at)
        return found

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All its words, and those of its title."""
        return self.held(range(len(self.sentences)))

    def held(self, places: Collection[int]) -> frozenset[str]:
        """Words of these places, and of the title."""
        return self.title.union(*(self.words[each] for each in places))

    def names(self, at: int, said: frozenset[str]) -> bool:
        """Is the row at `at` told from others by a word of `said`, unless it has numbers only?"""
        own = facts.without_numbers(self.own[at])
        return not own or bool(own & said)

    def run(self, at: int, places: set[int]) -> list[int]:
        """Those of `places` that stand with `at` in one piece."""
        first = last = at
        while first - 1 in places:
            first -= 1
        while last + 1 in places:
            last += 1
        return list(range(first, last + 1))

    def span(self, places: Collection[int]) -> tuple[int, int]:
        return self.sentences[min(places)].start, self.sentences[max(places)].end


class Sought:
    """A claim's words and numbers in a document: what of them the window of each of its places holds.

    What rows hold is summed up word by word once, so that a place costs the same however long its table is.
    """

    def __init__(self, read: Reread, said: frozenset[str], wanted: Sequence[facts.Number]) -> None:
        self._read, self._said, self._wanted = read, said, wanted
        self._held: dict[tuple[int, str], frozenset[str]] = {}
        self._missing: dict[tuple[int, str], set[facts.Number]] = {}
        for key in {(table, word) for table in set(read.tables) for word in said} & read.rows.keys():
            rows = read.rows[key]
            self._held[key] = said & read.held(rows)
            self._missing[key] = set(facts.missing(wanted, [read.numbers[each] for each in rows]))

    def held(self, at: int) -> frozenset[str]:
        """Words of the claim that the window at `at`, or the title, holds."""
        read, table = self._read, self._read.tables[at]
        if table < 0:
            return self._said & read.held(read.window(at))
        others = [self._held.get((table, word), frozenset()) for word in self._said - read.words[at]]
        return (self._said & read.held([at])).union(*others)

    def missing(self, at: int) -> list[facts.Number]:
        """Numbers of the claim that the window at `at` does not say."""
        read, table = self._read, self._read.tables[at]
        if table < 0:
            return facts.missing(self._wanted, [read.numbers[each] for each in read.window(at)])
        others = [self._missing.get((table, word)) for word in self._said - read.words[at]]
        left = facts.missing(self._wanted, [read.numbers[at]])
        return [each for each in left if all(some is None or each in some for some in others)]


def reread(document: Document) -> Reread:
    parts = sentences(document.content)
    rows = tables.rows(document.content)
    starts = [each.start for each in rows]
    above = [rows[bisect(starts, each.start) - 1] if rows else None for each in parts]
    own = [row if row and row.start <= each.start < row.end else None for row, each in zip(above, parts, strict=True)]
    heads = ["\n".join(row.head) if row else "" for row in own]
    words = [frozenset(terms(each.text)) for each in parts]
    return Reread(
        document,
        parts,
        words,
        [some | frozenset(terms(head)) for some, head in zip(words, heads, strict=True)],
        [row.table if row else -1 for row in own],
        [facts.numbers(f"{head}\n\n{each.text}") for head, each in zip(heads, parts, strict=True)],
        frozenset(terms(document.title)),
        language(document.content),
    )
