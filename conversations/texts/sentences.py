"""Texts as sentences, for English, French, German, Korean and what is written like them."""

import re
from typing import NamedTuple

LONGEST = 600  # characters; what goes on longer is cut at a space
WIDEST = 120  # characters of a line: whoever lets lines run longer ends them on purpose

_ABBREVIATIONS = (
    "mr mrs ms dr prof st no nos vol fig figs eq sec ch pp p art al etc vs inc ltd co corp jan feb mar apr jun jul aug "
    "sep sept oct nov dec approx dept est gen gov hon rev sen rep col capt e.g i.e u.s u.k cf resp bzw z.b d.h usw ca "
    "nr abs bspw ggf inkl evtl vgl str m mme mlle av env p.ex c.-à-d chap réf tél"
)
_SHORT = frozenset(_ABBREVIATIONS.split())
# The end of a sentence with the quotes that close it, the end of a line that ends a block, and full stops of CJK.
_END = re.compile(
    r"[.!?…]+(?:[\"'”’)\]]|[ \u00a0\u202f]?»)*(?=\s)|[。！？]+[」』”）]*"
    r"|\n\s*\n|\n(?=[ \t]*(?:[-*+•#>|]|\d+[.)]\s))|\n(?<=[|:]\n)|(?P<line>\n)"
)
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d+[.)])\s")
_LAST_WORD = re.compile(r"([^\s(\[«„“\"]+)\.\Z")
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.\Z")


class Sentence(NamedTuple):
    """Characters `start` to `end` of the whole text, without the space around them."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """In their order; together they are all of `text` but space."""
    found: list[Sentence] = []
    start = 0
    width = max((len(each) for each in text.split("\n") if len(each) <= WIDEST), default=0)
    for end in _END.finditer(text):
        if not (_wrapped(text, end.start(), width) if end["line"] else _goes_on(text, start, end)):
            found += _pieces(text, start, end.end())
            start = end.end()
    return found + _pieces(text, start, len(text))


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    """Is the full stop that of “Dr. Smith”, “z. B.”, “J. Doe” or “am 3. Mai”? Then what follows tells no end."""
    if end[0] != ".":
        return False
    before = text[max(start, end.start() - 24) : end.end()]
    following = text[end.end() : end.end() + 3].lstrip()
    if following and following[0].islower():
        return True
    word = _LAST_WORD.search(before)
    last = word[1].lower() if word else ""
    return last in _SHORT or (len(last) == 1 and last.isalpha()) or bool(_ORDINAL.search(before))


def _wrapped(text: str, at: int, width: int) -> bool:
    """Does the line that ends at `at` go on below? Not the item of a list, nor one that had room for the next word."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    below = text[at + 1 : at + 1 + WIDEST].partition("\n")[0]
    word = below.split(maxsplit=1)[:1]
    begins = word[0].lstrip("([«„“\"'")[:1] if word else ""
    if not begins.isalpha() or begins.islower() or (below[0].isspace() and _ITEM.match(line)):
        return True
    return not (_ITEM.match(line) or len(line) > WIDEST or len(line) + 1 + len(word[0]) <= width)


def _pieces(text: str, start: int, end: int) -> list[Sentence]:
    found = []
    while start < end:
        while start < end and text[start].isspace():
            start += 1
        stop = end
        if end - start > LONGEST:
            space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            stop = space if space > 0 else start + LONGEST
        last = stop
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            found.append(Sentence(start, last, text[start:last]))
        start = stop
    return found
