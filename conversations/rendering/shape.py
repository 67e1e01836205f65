"""Before the gate: what comrak writes becomes the elements and classes this product shows.

Works on tags alone; quotes and angle brackets of the text are entities here (see `markdown`),
so no text can look like one of these tags.
"""

import re
from html import escape, unescape

# The page's title is the h1, each message has an h2.
_HEADINGS = {"1": "3", "2": "3", "3": "4", "4": "5", "5": "6", "6": "6"}
_HEADING = re.compile(r"(</?h)([1-6])(?=>)")
_LANGUAGE = re.compile(r'<pre lang="(?![\w+#./-]{1,30}">)[^"]*">', re.ASCII)
_TASK = re.compile(r'<input type="checkbox"( checked="")? disabled="" />( <p>)?')
_IMAGE = re.compile(r'(<a [^>]*>)|(</a>)|<img src="([^"]*)" alt="([^"]*)"[^>]*>')
_MATH = {
    '<span data-math-style="inline">': '<span class="math">',
    '<span data-math-style="display">': '<span class="math math-display">',
}


def shape(block: str, image: str) -> str:
    """`image`: the word for an image without description and without a web address."""
    block = _HEADING.sub(lambda tag: tag[1] + _HEADINGS[tag[2]], block)
    if "<pre " in block:
        block = _LANGUAGE.sub("<pre>", block)
    if "<img " in block:
        block = _link_images(block, image)
    if "<input " in block:
        block = _TASK.sub(_tick, block)
    for theirs, ours in _MATH.items():
        block = block.replace(theirs, ours)
    return block


def _tick(task: re.Match[str]) -> str:
    """A character, which needs no label; in a loose list it belongs into the paragraph."""
    tick = f'<span class="task">{"☑" if task[1] else "☐"}</span>'
    return f"<p>{tick} " if task[2] else tick


def _link_images(block: str, word: str) -> str:
    """Nothing foreign ever loads: an image is a link to it, or, within a link, its description."""
    within = False

    def link(tag: re.Match[str]) -> str:
        nonlocal within
        opening, closing, address, description = tag.groups()
        if opening or closing:
            within = bool(opening)
            return tag[0]
        if within:
            return description or escape(word)
        web = unescape(address).lower().startswith(("http://", "https://"))
        return f'<a href="{address}">{description or (address if web else escape(word))}</a>'

    return _IMAGE.sub(link, block)
