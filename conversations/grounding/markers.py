"""Citation markers of an answer as it streams: every spelling in, `[docN]` of a document that was given out.

What comes out is the stored text and the API's. A marker can never become a link there, whatever stands around it:
a space parts it from what would make it one. Code is left alone.
"""

import re
from collections.abc import Mapping

from conversations.grounding.unknown import refuses
from conversations.texts.scanning import Kind, Scanner, Token, marked, marker

_SAID = 600  # characters of the sentence before a marker that are looked at
_IDENTIFIER = re.compile(r"(?:^|\W)[^\W\d]\Z|_\w*\Z|[\\!]\Z")  # x[1], a_list[1], \[1], ![1]
_JOINED = {"`": "`", "~": "~", "]": "([:", "!": "["}  # what must not meet because a marker between them was dropped
_BLOCK = frozenset([">", "-", "*", "+"])


class Markers:
    """`cited`: the documents by first mention. `unknown`: the answer began with `[doc0]`, that none of them helps."""

    def __init__(self, count: int, begun: str = "") -> None:
        self.count = count  # documents that may be cited: [doc1] to [docN]
        self.cited: list[int] = []
        self.unknown = False
        self._scanner = Scanner()
        self._spaces = ""  # held back: they go with a marker that is dropped
        self._said = ""
        self._run: set[int] = set()  # cited since the last text
        self._after = False  # a marker, or a bracket with a marker in it, was just closed
        self._begins = False  # and it stood first on its line
        self._open = 0  # brackets, in this paragraph
        self._inside = False  # a marker is in them
        self._dropped = False  # a marker, just now
        self._shifted = False  # what stands first on its line now, did not: a marker before it was dropped
        self._eat = False  # a dropped marker stood first on its line: so would the space after it
        self._written = len(begun)  # characters that came out of an earlier filter; they are only read
        self.add(begun)

    def add(self, piece: str) -> str:
        """As much of the answer as is certain by now."""
        return "".join(map(self._new, self._scanner.add(piece)))

    def end(self) -> str:
        """The rest. A marker that was never finished is left out."""
        rest = "".join(map(self._new, self._scanner.add("", final=True)))
        spaces, self._spaces = self._spaces, ""
        return rest + spaces

    def _new(self, token: Token) -> str:
        """What comes out of a token, except what was written before."""
        if not self._written:
            return self._out(token)
        written = min(self._written, len(token.text))
        self._written -= written
        if written < len(token.text) and token.kind is Kind.MARKER:
            token = Token(Kind.TEXT, token.text)  # it was text before it had an end
        self._out(token)
        self._said, self._spaces = self._said + self._spaces, ""
        return token.text[written:]

    def _out(self, token: Token) -> str:
        if token.kind is Kind.SPACE:
            if not self._eat:
                self._spaces += token.text
            self._after = False
            return ""
        eaten, self._eat = self._eat, False
        if token.kind is Kind.MARKER and not self._is_text(token):
            return self._marker(token, eaten)
        text, spaces = token.text, self._spaces
        self._spaces = ""
        self._run.clear()
        guard = " " if self._after and (text[0] in "([" or (text[0] == ":" and self._begins)) else ""
        if self._dropped and not spaces and text[0] in _JOINED.get(self._said[-1:], ""):
            guard = " "
        self._dropped = False
        if self._shifted and text.startswith(("```", "~~~")):
            text = "".join(f"\\{each}" for each in text)  # it would now begin the line, and a block of code
        self._shifted = self._shifted and text in _BLOCK
        self._after = False
        self._brackets(token)
        self._said = "" if token.kind is Kind.NEWLINE else (self._said + spaces + text)[-_SAID:]
        return spaces + guard + text

    def _is_text(self, token: Token) -> bool:
        """A number in brackets that cannot be a marker: a year, an element of an array, or nothing is there to cite."""
        if not token.bare:
            return False
        impossible = not self.count or any(not 1 <= each <= 99 for each in token.numbers)
        stands_alone = self._spaces or self._after  # what is before it is not of the same word
        return impossible or (not stands_alone and bool(_IDENTIFIER.search(self._said)))

    def _marker(self, token: Token, eaten: bool) -> str:
        began = not self._said.strip(" \t*_#>-")
        if 0 in token.numbers and began and not self.cited:
            self.unknown = True
        numbers = [each for each in token.numbers if 1 <= each <= self.count and each not in self._run]
        if not numbers or self.unknown or refuses(self._said):
            self._spaces, self._dropped = "", True
            self._eat = eaten or token.begins
            self._shifted = self._shifted or token.begins
            return ""
        self._run.update(numbers)
        self.cited += [each for each in numbers if each not in self.cited]
        spaces, self._spaces = self._spaces, ""
        self._after, self._begins, self._inside = True, token.begins, self._inside or self._open > 0
        return spaces + "".join(map(marker, numbers))

    def _brackets(self, token: Token) -> None:
        if token.kind is Kind.NEWLINE:
            if not self._said:
                self._open, self._inside = 0, False  # an empty line ends the paragraph
        elif token.text == "[":
            self._open += 1
        elif token.text == "]" and self._open:
            self._open -= 1
            self._after, self._begins = self._inside, True
            self._inside = self._inside and self._open > 0


def filtered(text: str, count: int) -> str:
    """A whole answer, as it would have streamed."""
    markers = Markers(count)
    return markers.add(text) + markers.end()


def numbered(text: str, labels: Mapping[int, int]) -> str:
    """A stored answer as people keep it: `[1]` for `[docN]`, by `labels`; code stays as it is."""

    def shown(token: Token) -> str:
        if token.kind is not Kind.MARKER or token.bare or not set(token.numbers) <= labels.keys():
            return token.text
        return "".join(f"[{labels[each]}]" for each in token.numbers)

    return "".join(map(shown, Scanner().add(text, final=True)))


def stripped(text: str) -> str:
    """An earlier answer without its markers, which would point at this turn's documents."""
    return filtered(text, 0) if marked(text) else text
