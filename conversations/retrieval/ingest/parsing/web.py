"""HTML and Markdown: headings, paragraphs, list items, code and tables, without what a page has around them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import comrak
from selectolax.lexbor import LexborHTMLParser

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, table
from conversations.retrieval.ingest.parsing.plain import decoded

AROUND = "script, style, noscript, template, svg, nav, iframe, form, button, head, footer, aside"
HEADINGS = {f"h{level}": level for level in range(1, 7)}
WHOLE = {"p", "pre", "dt", "dd", "figcaption", "caption", "summary", "address"}
DEEPEST = 200  # elements within each other


def read_html(path: Path) -> Iterator[Block | Pages]:
    yield from _blocks(decoded(path.read_bytes()))


def read_markdown(path: Path) -> Iterator[Block | Pages]:
    text = decoded(path.read_bytes())
    options = comrak.ExtensionOptions()
    options.table = options.strikethrough = options.autolink = True
    options.front_matter_delimiter = "---"
    yield from _blocks(comrak.render_markdown(text, extension_options=options))


def _blocks(html: str) -> Iterator[Block]:
    tree = LexborHTMLParser(html)
    for each in tree.css(AROUND):
        each.decompose()
    if tree.body is not None:
        yield from _walk(tree.body, 0)


def _walk(parent: Any, depth: int) -> Iterator[Block]:
    """The blocks in an element; text and inline elements beside blocks are paragraphs of their own."""
    loose: list[str] = []
    for node in parent.iter(include_text=True):
        found = list(_of(node, depth))
        if found:
            if text := _flat("".join(loose)):
                yield Block(text)
            loose = []
            yield from found
        elif node.tag in {"-text", "br"} or not _is_block(node):
            loose.append(" " if node.tag == "br" else node.text(deep=True))
    if text := _flat("".join(loose)):
        yield Block(text)


def _of(node: Any, depth: int) -> Iterator[Block]:
    tag = node.tag or ""
    if tag in HEADINGS:
        if text := _flat(node.text(deep=True)):
            yield Block(text, level=HEADINGS[tag])
    elif tag == "pre":
        if text := node.text(deep=True).strip("\n"):
            yield Block(text)
    elif tag in WHOLE:
        if text := _flat(node.text(deep=True)):
            yield Block(text)
    elif tag == "table":
        rows = [[_flat(cell.text(deep=True)) for cell in row.css("th, td")] for row in node.css("tr")]
        if rows := [row for row in rows if any(row)]:
            yield Block(table(rows), table=True)
    elif tag == "li" and node.css_first("ul, ol, p, table, pre") is None:
        if text := _flat(node.text(deep=True)):
            yield Block(f"• {text}")
    elif tag == "li" or _is_block(node):
        if depth < DEEPEST:
            yield from _walk(node, depth + 1)
        elif text := _flat(node.text(deep=True)):
            yield Block(text)


def _is_block(node: Any) -> bool:
    return (node.tag or "") in {
        "div", "section", "article", "main", "header", "ul", "ol", "li", "dl", "blockquote", "figure", "details",
        "body", "center", "fieldset", "hgroup", "search", "hr", *WHOLE, *HEADINGS, "table",
    }  # fmt: skip


def _flat(text: str) -> str:
    return " ".join(text.split())
