"""Markdown to HTML that is not yet safe: one string for each top-level block, through comrak.

This is the only module that knows comrak. It relies on two habits of its output, both under
test: `<`, `>` and `"` of the text never appear unescaped, so every `<…>` is a tag; and top-level
elements stand directly one after the other.
"""

import logging
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import comrak

from conversations.rendering import plaintext

log = logging.getLogger(__name__)

# A noncharacter that is put in front of what must not begin a block, and taken out of the HTML.
_STOP = "\ufdd1"
_DEEPEST = 100  # levels of HTML; the sanitiser's time grows with the square of the depth
_WIDEST = 40  # columns; short rows are filled up, so width times height has to stay payable

# Raw HTML at the start of a line would begin an HTML block, which swallows Markdown up to some
# later line and is no element when escaped; within a paragraph it is just escaped text. A byte
# order mark is dropped at the start of a text, hence of a tail, but not within one.
_NO_BLOCK = re.compile(
    r"^([ \t>*+\-\d.)]*)(?=<[a-z/!?](?![a-z0-9+.-]*:)|\ufeff)", re.MULTILINE | re.IGNORECASE
)
_TOO_WIDE = re.compile(
    rf"^(?=(?:[^|\n\r]*\|){{{_WIDEST}}})(?=[ \t>|:*+\-\d.)]*$)", re.MULTILINE
)
# Whatever might be a link definition: these work on text before and after them.
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[(?:[^\[\]\\]|\\.)+\]:", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"<(/?)[a-z][^>]*?(/?)>")
_LINE_END = re.compile(r"\r\n?|\n")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Control characters and those that reorder text; entities bring them in, too, hence looked for
# in the HTML.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ENDS_IN_CODE = re.compile(r"</pre>(?:</[a-z]+>)*\Z")


class Root(NamedTuple):
    """One top-level block. `growing`: it ends in a code block that may still get longer."""

    html: str
    growing: bool = False


class Unparsable(Exception):
    """comrak panicked; the text can only be shown as it is."""


def roots(text: str, *, open: bool) -> list[Root]:
    """The top-level blocks of `text`; with `open`, its last block may still grow."""
    found = [Root(html) for html in _split(_render(text, _PLAIN))]
    if open and found and _ENDS_IN_CODE.search(found[-1].html):
        found[-1] = Root(found[-1].html, growing=True)
    return found


def last_start(text: str) -> int:
    """Where in `text` (complete lines) its last top-level block begins: an offset, 0 if none does.

    CommonMark closes a block for good when the next one begins on its level, so nothing that
    follows can change what is before this offset, link definitions aside. (Display math is
    inline here: an open `$$` does not reach over the end of its paragraph either.)
    """
    html = _render(text, _WITH_LINES)
    depth, last = 0, ""
    for tag in _TAG.finditer(html):
        closing, void = tag.groups()
        if depth == 0:
            last = tag[0]
        depth += -1 if closing else not void
    _, found, place = last.partition('data-sourcepos="')
    line = int(place.partition(":")[0]) if found else 1
    return next((end.end() for end in islice(_LINE_END.finditer(text), line - 2, None)), 0) if line > 1 else 0


def defines(text: str) -> bool:
    """Whether `text`, which starts at a line's beginning, may hold a link definition."""
    return "]:" in text and _DEFINITION.search(text) is not None
