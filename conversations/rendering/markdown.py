"""Markdown to HTML that is not yet safe, one string for each top-level block, through comrak.

This is the only module that knows comrak. It relies on two habits of its output, both under
test: `<`, `>` and `"` of the text never appear unescaped, so every `<…>` is a tag; and top-level
elements stand directly one after the other.
"""

import html
import logging
import re
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import NamedTuple

import comrak

from conversations.rendering import steady

log = logging.getLogger(__name__)

DEEPEST = 100  # levels of HTML: the sanitiser's time grows with the square of the depth
WIDEST = 32  # columns; a month of days fits. Short rows are filled up to the table's width, so …
EMPTIEST = 10_000  # … a few letters could cost megabytes: no more empty cells than this

_UNKNOWN = "\ufffd"  # shown in place of characters that must not be there
# A noncharacter put in front of what must not begin a block, and taken out of the HTML again.
_STOP = "\ufdd1"
# Raw HTML at the start of a line would begin an HTML block, which swallows Markdown up to some
# later line and is no element once it is escaped. Inside a paragraph it is simply escaped text.
# comrak drops a byte order mark at the start of a text, but not when the text begins earlier.
_MUST_NOT_BEGIN = re.compile(
    r"^([ \t>*+\-\d.)]*)(?=<(?:[/!?]|[a-z](?![a-z\d+.-]*:))|\ufeff)",
    re.MULTILINE | re.IGNORECASE,
)
_TOO_WIDE = re.compile(rf"^(?=(?:[^|\n]*\|){{{WIDEST + 2}}})(?=[ \t>|:*+\-\d.)]*$)", re.MULTILINE)
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[(?:[^\[\]\\]|\\.)+\]:", re.MULTILINE | re.DOTALL)
_OPENING = re.compile(r"<([a-z]+\d?)")
_NEST = re.compile(r"<(/?)(?:ul|ol|blockquote)\b[^>]*>")
_PAIRED = re.compile(r"<(/?)(?!br|hr|img|input)[a-z]")
_EMPTY = re.compile(r"<td[^>]*></td>")
_TAG = re.compile(r"<[^>]*>")
_LINE_END = re.compile(r"\r\n?|\n")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters, and those that reorder the text around them (also in source code).
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ENDS_IN_CODE = re.compile(r"</pre>(?:</[a-z]+>)*\Z")


class Root(NamedTuple):
    """One top-level block. `growing`: it ends in a code block that may get longer."""

    html: str
    growing: bool = False


class Unparsable(Exception):
    """comrak panicked on this text, or made no page of elements from it."""


def roots(text: str, *, open: bool) -> list[Root]:
    """The top-level blocks of `text`; with `open` its last line may still grow (see `steady`)."""
    if not open:
        return _roots(text)
    found = _roots(tidy := steady.ended(text))
    if found and _ENDS_IN_CODE.search(found[-1].html):
        if tidy != text:  # in code a marker is a character like any other
            found = _roots(text)
        found[-1] = Root(found[-1].html, growing=True)
    return found


def _roots(text: str) -> list[Root]:
    page = _render(text, _PLAIN)
    return [Root(_bounded(page[span])) for span in _spans(page)]


def whole(text: str, *, open: bool) -> list[Root]:
    """`roots`, or all of it as one plain paragraph if comrak cannot read it."""
    try:
        return roots(text, open=open)
    except Unparsable:
        return [Root(f"<p>{html.escape(_clean(_SURROGATE.sub(_UNKNOWN, text)))}</p>")]


def code(text: str, language: str, *, growing: bool = False) -> Root:
    """A block of code as comrak would write it, whatever is in it."""
    shown = html.escape(_clean(_SURROGATE.sub(_UNKNOWN, text)))
    return Root(f'<pre lang="{language}"><code>{shown}\n</code></pre>', growing)


def last_start(lines: str) -> tuple[int, int]:
    """How many top-level blocks come before the last one of these complete lines, and the offset
    at which that one begins.

    Nothing that follows can change what is before it: CommonMark closes a block for good when
    the next one begins. Link definitions are the exception, see `defines`. An open `$$` is none:
    to comrak math is inline and ends with its paragraph.
    """
    page = _render(lines, _WITH_LINES)
    found = [page[span] for span in _spans(page)]
    # A table may have begun as the last line of a paragraph, where that line could mean
    # something else without the lines above it.
    if len(found) > 1 and found[-1].startswith("<table") and found[-2].startswith("<p "):
        del found[-1]
    if len(found) < 2:
        return 0, 0
    line = int(found[-1].partition('data-sourcepos="')[2].partition(":")[0])
    ends = (end.end() for end in _LINE_END.finditer(lines))
    return len(found) - 1, next(islice(ends, line - 2, None))


def defines(lines: str) -> bool:
    """Whether there may be a link definition, which changes text before and after it."""
    return "]:" in lines and _DEFINITION.search(_LINE_END.sub("\n", lines)) is not None


def _spans(page: str) -> Iterator[slice]:
    """Where each top-level element stands. Only lists and quotes can hold their own kind."""
    end = 0
    while end < len(page):
        start, tag = end, _OPENING.match(page, end)
        if tag is None:
            raise Unparsable("text outside of any element")
        if tag[1] in ("ul", "ol", "blockquote"):
            end = _nest_end(page, start)
        elif tag[1] == "hr":
            end = page.index(">", start) + 1
        else:
            end = page.index(f"</{tag[1]}>", start) + len(f"</{tag[1]}>")
        yield slice(start, end)


def _nest_end(page: str, start: int) -> int:
    depth = 0
    for tag in _NEST.finditer(page, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    raise Unparsable("an element without an end")


def _bounded(block: str) -> str:
    """The block, or only its text if cleaning it would cost out of all proportion."""
    if block.count("<") > 2 * DEEPEST:
        depths = accumulate(-1 if slash else 1 for slash in _PAIRED.findall(block))
        if max(depths) > DEEPEST or len(_EMPTY.findall(block)) > EMPTIEST:
            return f"<p>{_TAG.sub('', block)}</p>"
    return block


def _render(text: str, options: comrak.RenderOptions) -> str:
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if "<" in text or "\ufeff" in text:
        text = _MUST_NOT_BEGIN.sub(rf"\1{_STOP}", text)
    if text.count("|") > WIDEST:
        text = _TOO_WIDE.sub(_STOP, text)
    try:
        return _clean(comrak.render_markdown(text, _EXTENSIONS, None, options))
    except UnicodeEncodeError:
        return _render(_SURROGATE.sub(_UNKNOWN, text), options)
    except BaseException as error:
        # A Rust panic is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        log.exception("comrak panicked on %d characters", len(text))
        raise Unparsable from error


def _clean(text: str) -> str:
    return _UNSEEN.sub(_UNKNOWN, text.replace(_STOP, ""))


def _render_options(*, sourcepos: bool) -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True  # raw HTML is shown, never interpreted, never dropped
    options.compact_html = True
    options.github_pre_lang = True
    options.sourcepos = sourcepos
    return options


_PLAIN = _render_options(sourcepos=False)
_WITH_LINES = _render_options(sourcepos=True)

_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.autolink = True
_EXTENSIONS.cjk_friendly_emphasis = True
_EXTENSIONS.math_dollars = True
_EXTENSIONS.math_latex = True  # \( \) and \[ \], which most models write
_EXTENSIONS.strikethrough = True
_EXTENSIONS.table = True
_EXTENSIONS.tasklist = True
