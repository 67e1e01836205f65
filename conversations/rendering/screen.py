"""What one viewer's page holds of one growing text, at a cost that does not grow with the text.

Top-level blocks that are closed are frozen; only the tail from the last one on is parsed again,
and only blocks that differ are cleaned and sent.
"""

from typing import NamedTuple

from conversations.rendering import citing, steady
from conversations.rendering.citing import Cited
from conversations.rendering.document import document
from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.markdown import (
    Root,
    Unparsable,
    defines,
    last_start,
    roots,
    whole,
)
from conversations.rendering.render import dress, linked


class Frame(NamedTuple):
    """The page keeps its first `start` blocks; `html` replaces the rest."""

    start: int
    html: list[str]


class Screen:
    """Apply every frame in order and the page holds `blocks(text, labels, open=not final, structured=structured)`."""

    blocks: list[str]

    def __init__(self, labels: Labels = ENGLISH) -> None:
        self.blocks = []
        self._labels = labels
        self._text = ""
        self._growing = True
        self._roots: list[Root] = []  # what self.blocks was made from
        self._mentions: list[list[int]] = []  # of sources, in each block
        self._cited: Cited | None = None
        self._offset = 0  # the tail, which is parsed each time, begins at this character …
        self._frozen = 0  # … after this many blocks
        self._looked = 0  # complete lines up to here have been searched for a new tail

    def show(
        self, text: str, *, final: bool = False, structured: bool = False, cited: Cited | None = None
    ) -> Frame | None:
        """The change that brings the page to `text`; None if there is none.

        `text` usually continues the text of the last call, but any other will do. `structured` and `cited`: see
        `render.blocks`.
        """
        page = document(text, open=not final, structured=structured)
        if cited is not None and page is None:
            text = citing.place(text)
        if cited != self._cited:
            self._cited, self._roots, self._mentions = cited, [], []
            self._thaw()
        if page is not None:
            self._thaw()
            self._text, self._growing = text, False
            return self._replace(page)
        if not final:
            text = steady.lines(text)
            if self._growing and self._roots and text == self._text:
                return None
        if final or not text.startswith(self._text):
            self._thaw()
        # A definition may change any block before it and be needed by any that follows.
        if defined := defines(text[self._offset :]):
            self._thaw()
        self._text, self._growing = text, not final
        try:
            found = roots(text[self._offset :], open=not final)
        except Unparsable:
            self._thaw()
            found = whole(text, open=not final)
        frame = self._replace(found)
        if not final and not defined:
            self._freeze()
        return frame

    def _replace(self, found: list[Root]) -> Frame | None:
        """Put `found` after the frozen blocks, cleaning only what differs from what is there."""
        old = self._roots[self._frozen :]
        same = 0
        while same < min(len(old), len(found)) and old[same] == found[same]:
            same += 1
        start = self._frozen + same
        html = [dress(root, self._labels) for root in found[same:]]
        self._roots[start:] = found[same:]
        if self._cited is not None:
            before = [number for block in self._mentions[:start] for number in block]
            self._mentions[start:] = [citing.mentions(block) for block in html]
            html = linked(html, self._cited, before)
        if html == self.blocks[start:]:
            return None
        while html and self.blocks[start : start + 1] == html[:1]:
            start, html = start + 1, html[1:]
        self.blocks[start:] = html
        return Frame(start, html)

    def _freeze(self) -> None:
        """Leave behind all blocks before the last one that begins on a complete line."""
        end = self._text.rfind("\n") + 1
        if end <= self._looked or len(self._roots) - self._frozen < 2:
            return
        self._looked = end
        try:
            closed, offset = last_start(self._text[self._offset : end])
        except Unparsable:
            return  # the tail stays longer than it need be
        self._frozen += closed
        self._offset += offset

    def _thaw(self) -> None:
        self._offset = self._frozen = self._looked = 0
