"""Numbers, dates and names of a text, in a form in which the same fact is the same however it is written.

“two weeks” is 14 days, “10 000” and “10,000” are 10000, “3 May 2025” and “2025-05-03” are one day.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from conversations.texts.numerals import ARTICLES, HALVES, MONTHS, NUMERALS, SCALES, UNITS
from conversations.texts.words import CJK, fold, terms

_NUMBER = r"\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>[^\W\d_{CJK}]+)|(?P<cjk>[{CJK}]+)")
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b|(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:de |of )?([a-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_GERMAN_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_NAME = re.compile(r"(?<![.!?…:;\"“„«(]\s)(?<![\n*•#>|-] )(?<=\S\s)\b[A-ZÀ-Þ][\w’'-]+|\b[A-Z]{2,}\b")
_SPELLED = frozenset(terms(" ".join([*NUMERALS, *SCALES, *UNITS, *MONTHS])))


class Number(NamedTuple):
    """`value` as it is written; in its unit's base (days, months, minutes) if a unit of time follows. Or a date."""

    value: float
    base: str = ""
    amount: float = 0.0
    date: str = ""

    def said_by(self, other: "Number") -> bool:
        if self.date:
            return self.date == other.date
        if self.base and other.base:
            return (self.base, self.amount) == (other.base, other.amount)
        return self.value == other.value  # of a date: its year


def numbers(text: str) -> list[Number]:
    """The numbers of a text in their order, dates first."""
    for half, written in HALVES.items():
        text = text.replace(half, written)
    folded, found = _dates(fold(text))
    tokens = list(_TOKEN.finditer(folded))
    at = 0
    while at < len(tokens):
        value, used = _value(tokens, at)
        if value is None:
            at += 1
            continue
        unit = _unit(tokens, at + used)
        if unit:
            found.append(Number(value, unit[0], value * unit[1]))
        elif used > 1 or tokens[at]["word"] not in ARTICLES:
            found.append(Number(value))
        at += used
    return found


def missing(wanted: Iterable[Number], said: Iterable[Iterable[Number]]) -> list[Number]:
    """Those of `wanted` that none of these places says."""
    there = set().union(*said)
    return [each for each in wanted if not any(each.said_by(other) for other in there)]


def names(text: str, *, german: bool = False) -> set[str]:
    """Terms of the names in a text: capitals that no sentence begins with; in German only words all in capitals."""
    found = (each[0] for each in _NAME.finditer(text))
    return {term for each in found if not german or each.isupper() for term in terms(each)}


def without_numbers(words: Iterable[str]) -> frozenset[str]:
    """Terms but those that `numbers` understands: “3 May” and “2025-05-03” have no word in common."""
    return frozenset(each for each in words if each not in _SPELLED and not each[0].isdigit())


def _dates(text: str) -> tuple[str, list[Number]]:
    """The text without its dates, and these."""
    found: list[Number] = []

    def keep(year: str, month: int, day: str) -> str:
        found.append(Number(float(year), date=f"{int(year)}-{month}-{int(day)}"))
        return " "

    def named(match: re.Match[str], month: str, day: str) -> str:
        return keep(match[3], MONTHS[month], day) if month in MONTHS else match[0]

    text = _ISO.sub(lambda m: keep(m[1] or m[4], int(m[2] or m[5]), m[3] or m[6]), text)
    text = _GERMAN_DATE.sub(lambda m: keep(m[3], int(m[2]), m[1]), text)
    text = _DAY_FIRST.sub(lambda m: named(m, m[2], m[1]), text)
    return _MONTH_FIRST.sub(lambda m: named(m, m[1], m[2]), text), found


def _value(tokens: list[re.Match[str]], at: int) -> tuple[float | None, int]:
    """The number that begins at a token, and how many tokens it takes."""
    token = tokens[at]
    if token["number"]:
        value = _read(token["number"])
    elif token["word"] in NUMERALS:
        value = float(NUMERALS[token["word"]])
    else:
        return None, 0
    used = 1
    for following in tokens[at + 1 : at + 3]:
        word = following["word"] or (following["cjk"] or "")[:1]
        if word in SCALES:
            value *= SCALES[word]
        elif token["word"] and following["word"] in NUMERALS and 20 <= value < 100 and NUMERALS[following["word"]] < 10:
            value += NUMERALS[following["word"]]
        else:
            break
        used += 1
    return value, used


def _unit(tokens: list[re.Match[str]], at: int) -> tuple[str, int] | None:
    if at >= len(tokens):
        return None
    cjk = tokens[at]["cjk"] or ""  # 15일간: what follows the unit is no word of its own
    return UNITS.get(tokens[at]["word"] or "") or UNITS.get(cjk[:2]) or UNITS.get(cjk[:1])


def _read(text: str) -> float:
    """“10 000”, “10,000” and “10.000” are ten thousand; “2,5” and “2.5” two and a half."""
    if re.fullmatch(r"\d{1,3}(?:[,.'’\u00a0 ]\d{3})+", text):
        return float(re.sub(r"\D", "", text))
    whole, _, rest = text.replace(",", ".").rpartition(".")
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}") if whole else float(rest)
