"""TeX formulas as MathML, which browsers draw themselves: no script, no font, no style.

The converter does not escape everything, so what it makes goes through a gate of its own. What it cannot convert stays
as it was written.
"""

import re
from functools import lru_cache
from html import unescape

import nh3

LONGEST = 1000  # characters of a formula that is converted; a converted one of this length takes some 10 ms
_FORMULA = re.compile(r'(<(span|div) class="math( math-display)?">)([^<]*)(</\2>)')

_TAGS = """
    math mrow mi mo mn ms mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover
    mmultiscripts mprescripts mtable mtr mtd mpadded mphantom menclose
"""
_GATE = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags=set(),
    attributes={
        "math": {"display"},
        "mo": {"stretchy", "fence", "separator", "form", "largeop", "movablelimits", "symmetric", "minsize", "maxsize"},
        "mi": {"mathvariant"},
        "mn": {"mathvariant"},
        "mfrac": {"linethickness", "displaystyle"},
        "mstyle": {"displaystyle", "scriptlevel"},
        "mspace": {"width", "linebreak"},
        "mtable": {"columnalign", "rowspacing", "columnspacing"},
        "mtd": {"columnalign"},
        "menclose": {"notation"},
        "mover": {"accent"},
    },
    link_rel=None,
)


def dress(block: str) -> str:
    """The block with its formulas drawn; it has been made safe, and stays so."""
    return _FORMULA.sub(_drawn, block)


def _drawn(found: re.Match[str]) -> str:
    opening, _, display, tex, closing = found.groups()
    drawn = mathml(unescape(tex).strip(), bool(display))
    return f"{opening}{drawn}{closing}" if drawn else found[0]


@lru_cache(2048)
def mathml(tex: str, display: bool = False) -> str:
    """Safe MathML of a formula; empty if it cannot be converted."""
    if not tex or len(tex) > LONGEST or "<" in tex and "\\text" in tex:
        return ""
    from latex2mathml.converter import convert  # 12 MB, for those who write formulas

    try:
        found = _GATE.clean(convert(tex, display="block" if display else "inline"))
    except Exception:  # the converter's own errors, and whatever a formula that is none makes of it
        return ""
    return found if found.startswith("<math") and found.endswith("</math>") else ""
