"""An answer that streams in, as tokens: text, spaces, code, and what may be citation markers.

Whatever a following character could still change is held back, so that the tokens add up to the same answer however it
was cut. A line that opens a code span is held until the span ends, or the line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

STORED = re.compile(r"\[doc([1-9]\d{0,2})\]")  # what `marker` writes
LONGEST = 80  # characters of a marker, and of what may stand before the first word of a line


class Kind(Enum):
    TEXT, SPACE, NEWLINE, CODE, MARKER = range(5)


@dataclass(frozen=True, slots=True)
class Token:
    """`numbers` of a marker, in its order; `bare`: it did not say “doc”."""

    kind: Kind
    text: str
    numbers: tuple[int, ...] = ()
    bare: bool = False
    begins: bool = False  # only marks of quotes and lists stand before it on its line


_REF = r"(?:docs?|documents?)[\s_#.:-]*\d{1,4}"
_SEPARATOR = r"(?:\s*(?:[,;&/+、，–-]|and|et|und|및|와|과)\s*|\s+)"
_DOC = re.compile(rf"\\?\[\s*({_REF}(?:{_SEPARATOR}(?:{_REF}|\d{{1,4}}))*)\s*\\?\]", re.IGNORECASE)
_BARE = re.compile(r"\[\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*\](?![(:])")
_LENTICULAR = re.compile(rf"【\s*({_REF}(?:{_SEPARATOR}{_REF})*|\d{{1,3}}(?::\d+)?)\s*(?:†[^】\n]*)?】", re.IGNORECASE)
# Every beginning of the above is one of these; more of them wait a little longer and change nothing.
_MAY_BE = re.compile(r"(?:\\?\[[\sdocumentsar\d,;&/+、，–\-_#.:및와과\\]*|【[^】\n]*)\Z", re.IGNORECASE)
_UNFINISHED = re.compile(r"\\?[\[【]\s*(?:(?:docs?|documents?)[\s\d,;&–-]*)*\Z", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)(?:\s*[–-]\s*(?:docs?|documents?)?[\s_#.:-]*(\d+))?")

_PLAIN = re.compile(r"[^\[【`~\\\]\n \t]+")
_SPACES = re.compile(r"[ \t]+")
_PREFIX = re.compile(r"[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*)*\Z")  # of quotes and lists
_RUN = re.compile(r"(`+|~+)")
_SAYS_DOC = re.compile(r"\[\s*doc|【|\[\s*\Z", re.IGNORECASE)


def marker(number: int) -> str:
    """How a citation of document `number` is written wherever an answer is stored or sent."""
    return f"[doc{number}]"


def without_markers(text: str) -> str:
    """`text` without whatever looks like a marker."""
    tokens = Scanner().add(text, final=True)
    return "".join(each.text for each in tokens if each.kind is not Kind.MARKER)


def marked(text: str) -> bool:
    """May a whole answer hold a marker that is not `bare`, or the beginning of one at its end?"""
    return _SAYS_DOC.search(text) is not None


class Scanner:
    def __init__(self) -> None:
        self._left = ""
        self._line = ""  # as far as it has come, while it may be the beginning of one
        self._fence = ""  # that opened the block of code we are in

    def add(self, piece: str, *, final: bool = False) -> Iterator[Token]:
        """The tokens that `piece` completes; with `final` all that is left."""
        text, at = self._left + piece, 0
        self._left = ""
        while at < len(text):
            token, end = self._code_line(text, at, final) if self._fence else self._next(text, at, final)
            if token is None:
                self._left = text[at:]
                return
            at = end
            self._line = "" if token.text.endswith("\n") else (self._line + token.text)[: LONGEST + 1]
            yield token

    @property
    def _begins(self) -> bool:
        """Does only the mark of a quote or a list stand before what comes next on its line?"""
        return len(self._line) <= LONGEST and _PREFIX.match(self._line) is not None

    def _next(self, text: str, at: int, final: bool) -> tuple[Token | None, int]:
        """The token at `at` and where it ends; None if more of the text has to come first."""
        first = text[at]
        if first == "\n":
            return Token(Kind.NEWLINE, "\n"), at + 1
        if spaces := _SPACES.match(text, at):
            return Token(Kind.SPACE, spaces[0]), spaces.end()
        if first in "`~":
            return self._code(text, at, final)
        if first in "[【" or text.startswith("\\[", at):
            return self._marker(text, at, final)
        if first == "\\":
            if at + 1 == len(text) and not final:
                return None, at
            end = at + 1 + (text[at + 1 : at + 2] not in ("", "\n", " ", "\t"))
            return Token(Kind.TEXT, text[at:end]), end
        plain = _PLAIN.match(text, at)
        end = plain.end() if plain else at + 1
        return Token(Kind.TEXT, text[at:end]), end

    def _marker(self, text: str, at: int, final: bool) -> tuple[Token | None, int]:
        for pattern in (_DOC, _LENTICULAR, _BARE):
            found = pattern.match(text, at)
            if found is None or len(found[0]) > LONGEST:
                continue
            bare = pattern is _BARE
            if bare and found.end() == len(text) and not final:
                return None, at  # a link's address may follow
            return Token(Kind.MARKER, found[0], _numbers(found[1]), bare, self._begins), found.end()
        if len(text) - at <= LONGEST and not final and _MAY_BE.match(text, at):
            return None, at
        if final and _UNFINISHED.match(text, at):
            return Token(Kind.MARKER, text[at:]), len(text)
        end = at + 2 if text[at] == "\\" else at + 1
        return Token(Kind.TEXT, text[at:end]), end

    def _code(self, text: str, at: int, final: bool) -> tuple[Token | None, int]:
        """A span of code, the fence of a block, or marks that are neither."""
        run = _RUN.match(text, at)
        assert run is not None
        newline = text.find("\n", at)
        known = newline >= 0 or final
        line = text[run.end() : newline if newline >= 0 else len(text)]
        long = len(run[0]) >= 3 and self._begins
        if run.end() == len(text) and not final:
            return None, at
        if long and (run[0][0] == "~" or "`" not in line):
            if not known:
                return None, at
            self._fence = run[0] if newline >= 0 else ""
            end = newline + 1 if newline >= 0 else len(text)
            return Token(Kind.CODE, text[at:end]), end
        if run[0][0] == "`":
            for closing in _RUN.finditer(line):
                touches = run.end() + closing.end() == len(text) and not final
                if closing[0] == run[0] and not touches:
                    end = run.end() + closing.end()
                    return Token(Kind.CODE, text[at:end]), end
            if not known:
                return None, at
        return Token(Kind.TEXT, run[0]), run.end()

    def _code_line(self, text: str, at: int, final: bool) -> tuple[Token | None, int]:
        """The rest of a line inside a block of code, which that line may close."""
        newline = text.find("\n", at)
        end = newline + 1 if newline >= 0 else len(text)
        if self._begins:
            closing = re.compile(rf"[ \t>]*{re.escape(self._fence[0])}*[ \t]*\n?")
            whole = closing.fullmatch(text, at, end)
            if whole and newline < 0 and not final:
                return None, at
            if whole and whole[0].strip(" \t>\n").count(self._fence[0]) >= len(self._fence):
                self._fence = ""
        return Token(Kind.CODE, text[at:end]), end


def _numbers(body: str) -> tuple[int, ...]:
    found: list[int] = []
    for first, last in _NUMBER.findall(body):
        low, high = int(first), int(last or first)
        found += range(low, high + 1) if low <= high < low + 20 else (low, high)
    return tuple(dict.fromkeys(found))
