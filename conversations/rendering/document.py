"""An answer that is a JSON document instead of Markdown: one block of code, indented.

Whether it is one never hangs on half of a text. Either JSON was asked for, and then it shows in the first characters
whether the model obeyed; or a text that has ended is an object, or a list of objects, as a whole.
"""

import json
import re

from conversations.rendering.markdown import Root, code

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BEGIN = re.compile(r'\s*(?:\{|\[\s*(?:[\[{"\]\d\-tfn]|\Z))')  # no citation marker and no link
_INDENT = "  "
DEEPEST = 40  # levels that are indented; deeper ones stay at that


def document(text: str, *, open: bool, structured: bool) -> list[Root] | None:
    """The one block of a JSON document; None if `text` is to be read as Markdown.

    `structured`: JSON was asked for. `open`: the text may still grow.
    """
    begun = _begun(text)
    if structured and (begun or not text.strip()):
        return [as_code(text, growing=open)] if begun else []
    return [as_code(text)] if not open and _whole(text) else None


def as_code(text: str, *, growing: bool = False) -> Root:
    """A block of code with JSON, or with what should have been JSON as it is."""
    return code(indented(text), "json", growing=growing) if _begun(text) else code(text, "text")


def indented(text: str) -> str:
    """JSON with a line for each member; its values stay as they are written. Any beginning of one will do."""
    lines, depth, empty = [""], 0, False
    for token in _TOKEN.findall(text):
        if token in ("}", "]"):
            depth = max(depth - 1, 0)
            if not empty:
                lines.append(_INDENT * min(depth, DEEPEST))
        elif empty:
            lines.append(_INDENT * min(depth, DEEPEST))
        lines[-1] += token
        empty = token in ("{", "[")
        if empty:
            depth += 1
        elif token == ",":
            lines.append(_INDENT * min(depth, DEEPEST))
        elif token == ":":
            lines[-1] += " "
    return "\n".join(lines).rstrip(" ")


def _begun(text: str) -> bool:
    return _BEGIN.match(text) is not None


def _whole(text: str) -> bool:
    if not re.match(r"\s*(?:\{|\[\s*\{)", text) or text.rstrip()[-1] not in "}]":
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(value) and (isinstance(value, dict) or all(isinstance(each, dict) for each in value))
