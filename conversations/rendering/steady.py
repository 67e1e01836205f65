"""What is shown of a text that still grows, so that nothing appears as one thing and turns into another.

A line that may become a table, a list or a fence waits until that is told; emphasis that has begun is shown as if it
had ended; half a link or formula waits. Each is a function of the text alone, so a reload shows what the page shows,
and what has been shown never goes again. At the end of the text nothing waits.
"""

import re

LONGEST_ROW = 500  # characters of a table's first row; what is longer is shown as it comes
LONGEST_LINE = 2000  # characters; in longer lines markers are shown as they come

# Only markers: a bullet, a number, an underline, half a row of dashes; a fence has its language when its line ends.
_UNDECIDED = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){0,3}"
    r"(?:[-=:|][-=:| \t]*|[*+_#]+[ \t]*|\d{1,9}[.)]?|\[[ xX]?\]?|`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^`\r\n]{0,100})?"
)
_DASHES = re.compile(r"[ \t>]*[-:| \t]*")
_ROW = re.compile(r"[ \t>]*\|")

_HALF_LINK = re.compile(r"\[[^\]]{0,80}(?:\](?:\([^()\s]{0,500})?)?")
_HALF_FORMULA = re.compile(r"\\\((?:[^\\]|\\(?!\))){0,200}")
_MARKERS = re.compile(r"`[^`]*`?|\*{1,3}|~~")


def lines(text: str) -> str:
    """The text without lines at its end that may still become something else."""
    begun = _line_start(text, len(text))
    if text[begun : begun + 1].isalpha():
        return text
    waits = _UNDECIDED.fullmatch(text, begun) is not None
    row = begun
    if waits and begun and _DASHES.fullmatch(text, begun):
        row = _line_before(text, begun)
    first = _ROW.match(text, row) and not (row and _ROW.match(text, _line_before(text, row)))
    if first and len(text) - row <= LONGEST_ROW:
        return text[:row]
    return text[:begun] if waits else text


def ended(text: str) -> str:
    """The text with its last line as it looks once what has begun in it has ended; not for code."""
    begun = _line_start(text, len(text))
    cell = max(begun, text.rfind("|", begun) + 1)  # emphasis ends with the cell
    line = text[cell:]
    if len(line) > LONGEST_LINE or "``" in line:
        return text
    tidy = _without_half(line).rstrip("*`~")
    closing = _closing(tidy)
    if not closing:
        return text if tidy is line else text[:cell] + tidy
    return text[:cell] + tidy.rstrip() + closing


def _without_half(line: str) -> str:
    """The line without a link, an image or a formula that has only begun."""
    at = line.rfind("[")
    if at >= 0 and _HALF_LINK.fullmatch(line, at):
        return line[: at - (line[at - 1 : at] == "!")]
    at = line.rfind("\\(")
    if at >= 0 and _HALF_FORMULA.fullmatch(line, at):
        return line[:at]
    return line[:-1] if line.endswith("\\") else line


def _closing(line: str) -> str:
    """The markers that would end all emphasis and code left open in this line."""
    if not (line.count("*") | line.count("**") | line.count("`") | line.count("~~")) & 1:
        return ""
    left: list[str] = []
    for found in _MARKERS.finditer(line):
        marker, start, end = found[0], found.start(), found.end()
        if marker[0] == "`":
            left += ["`"] * (marker.count("`") == 1)
        elif left and left[-1] == marker:
            left.pop()
        elif line[end : end + 1].strip() and not (start and line[start - 1].isalnum() and line[start - 1].isascii()):
            left.append(marker)
    return "".join(reversed(left))


def _line_start(text: str, end: int) -> int:
    newline = text.rfind("\n", 0, end)
    return max(newline, text.rfind("\r", newline + 1, end)) + 1


def _line_before(text: str, start: int) -> int:
    """Where the line above the one at `start` begins."""
    end = start - 1
    if end and text[end] == "\n" and text[end - 1] == "\r":
        end -= 1
    return _line_start(text, end)
