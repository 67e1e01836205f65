"""The way of one text: Markdown → shape → gate → links, tables, code; one string per block."""

import re
from html import escape, unescape

from conversations.rendering import citing, clean, code, links, math, shape, steady
from conversations.rendering.citing import Cited
from conversations.rendering.document import as_code, document
from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.markdown import Root, whole

_INLINE = re.compile(r"</?(?:a|code|del|em|span|strong)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def blocks(
    text: str,
    labels: Labels = ENGLISH,
    *,
    open: bool = False,
    structured: bool = False,
    cited: Cited | None = None,
) -> list[str]:
    """Safe HTML of each top-level block of a text, exactly one element each.

    `open`: the text may still grow, so that a code block at its end is not highlighted yet, and what may become
    something else waits. `structured`: JSON was asked for instead of Markdown. `cited`: the sources that its markers
    mean; without it there are none.
    """
    if (page := document(text, open=open, structured=structured)) is not None:
        return [dress(root, labels) for root in page]
    if cited is not None:
        text = citing.place(text)
    found = [dress(root, labels) for root in whole(steady.lines(text) if open else text, open=open)]
    return found if cited is None else linked(found, cited, [])


def json_block(text: str, labels: Labels = ENGLISH) -> str:
    """Safe HTML of a block of code with JSON, or with what should have been JSON."""
    return dress(as_code(text), labels)


def mentioned(text: str) -> list[int]:
    """N of every `[docN]` that stands where a citation can, in their order on the page."""
    if "[doc" not in text:
        return []
    dressed = (citing.settle(clean.clean(shape.shape(root.html, ""))) for root in whole(citing.place(text), open=False))
    return [number for block in dressed for number in citing.mentions(block)]


def linked(blocks: list[str], cited: Cited, before: list[int]) -> list[str]:
    """Dressed blocks with links for their citations; `before`: the mentions of all blocks before them."""
    found, said = [], list(before)
    for block in blocks:
        found.append(citing.link(block, cited, said))
        said += citing.mentions(block)
    return found


def dress(root: Root, labels: Labels) -> str:
    """Safe HTML of one top-level block."""
    block = citing.settle(clean.clean(shape.shape(root.html, labels.image)))
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
