"""The way of one text: Markdown → shape → gate → links, tables, code; one string per block."""

import re
from html import escape, unescape

from conversations.rendering import clean, code, links, math, shape
from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.markdown import Root, whole

_INLINE = re.compile(r"</?(?:a|code|del|em|span|strong)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def blocks(text: str, labels: Labels = ENGLISH, *, open: bool = False) -> list[str]:
    """Safe HTML of each top-level block of a Markdown text, exactly one element each.

    `open`: the text may still grow, so that a code block at its end is not highlighted yet.
    """
    return [dress(root, labels) for root in whole(text, open=open)]


def dress(root: Root, labels: Labels) -> str:
    """Safe HTML of one top-level block."""
    block = clean.clean(shape.shape(root.html, labels.image))
    if "<a" in block:
        block = links.mark(block)
    if "<pre" in block:
        block = code.dress(block, labels, growing=root.growing)
    if 'class="math' in block:
        block = math.dress(block)
    if "<table>" in block:
        block = _tables(block, labels)
    return block


def plain(text: str) -> str:
    """The words of a Markdown text on one line, for titles and snippets; not HTML."""
    shown = " ".join(shape.shape(root.html, "") for root in whole(text, open=False))
    return " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", shown))).split())


def _tables(block: str, labels: Labels) -> str:
    """Wide tables scroll on their own, also by keyboard."""
    opening = f'<div class="table-scroll" role="region" aria-label="{escape(labels.table)}"'
    block = block.replace("<table>", f'{opening} tabindex="0"><table>')
    return block.replace("</table>", "</table></div>")
