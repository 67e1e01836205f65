"""Dates: which day is it, which weekday was it, how long until."""

import re
from datetime import date, timedelta

from conversations.completions.offline.words import Words
from conversations.texts.words import fold

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_FEASTS = {  # month and day, by how a folded question calls it
    "christmas": (12, 25), "noel": (12, 25), "크리스마스": (12, 25), "성탄절": (12, 25),
    "new year": (1, 1), "nouvel an": (1, 1), "새해": (1, 1),
}  # fmt: skip
_NEAR = {"tomorrow": 1, "demain": 1, "내일": 1, "yesterday": -1, "hier": -1, "어제": -1}
_WHICH = re.compile(  # folded: a date or a weekday is asked for
    r"\b(?:what|which) (?:week)?(?:day|date)\b|\bwhat(?:['’]s| is) (?:the |today['’]?s )?(?:day|date)\b|\bday is it\b"
    r"|\btoday['’]s date\b|\b(?:quel(?:le)?|quels?) (?:jour|date)\b|\bon est (?:le )?(?:quel|combien)|\ble combien\b"
    r"|요일|며칠|날짜|무슨 날|^\W*(?:today|aujourd['’]hui|오늘)\W*$"
)
_LEFT = re.compile(  # folded: how long it is until then
    r"\bhow (?:many days|long)\b|\bdays? (?:until|till|left|before|to)\b|\bcombien de (?:jours|temps)\b|남았|까지.*며칠"
)
_NUMERIC = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_KOREAN = re.compile(r"(?:(\d{4})년\s*)?(\d{1,2})월\s*(\d{1,2})일")


def answer(question: str, words: Words, today: date | None = None) -> str:
    """What is asked about a day, or nothing. `today` is the clock's unless it is given."""
    today = today or date.today()
    if len(question) > 200:
        return ""
    folded = fold(question)
    day, left = _day(question, today), bool(_LEFT.search(folded))
    if day is None:
        near = next((days for name, days in _NEAR.items() if name in folded), 0)
        if left or not _WHICH.search(folded):
            return ""
        day = today + timedelta(near)
        said = words.day_is if near else words.today_is
        return said.format(weekday=words.weekdays[day.weekday()], date=_show(day, words))
    if left:
        day = day if day >= today else _next_year(day)
        return words.days_until.format(date=_show(day, words), days=(day - today).days)
    if _WHICH.search(folded):
        return words.day_is.format(date=_show(day, words), weekday=words.weekdays[day.weekday()])
    return ""


def _day(question: str, today: date) -> date | None:
    low = question.lower()
    try:
        if match := _NUMERIC.search(low):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _KOREAN.search(low):
            return date(int(match[1] or today.year), int(match[2]), int(match[3]))
        for names in _MONTHS.values():
            for month, name in enumerate(names.split(), 1):
                for pattern in (rf"\b(\d{{1,2}})(?:st|nd|rd|th|er)?\s+{name}\b", rf"\b{name}\s+(\d{{1,2}})\b"):
                    if match := re.search(pattern + r"(?:,?\s+(\d{4}))?", low):
                        return date(int(match[2] or today.year), month, int(match[1]))
        folded = fold(question)
        return next((date(today.year, *each) for name, each in _FEASTS.items() if name in folded), None)
    except ValueError:
        return None


def _next_year(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _show(day: date, words: Words) -> str:
    if words.code == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    month = _MONTHS[words.code].split()[day.month - 1]
    return f"{day.day} {month.title() if words.code == 'en' else month} {day.year}"
