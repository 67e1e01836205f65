"""Dates: which day is it, which weekday was it, how long until."""

import re
from datetime import date

from conversations.completions.offline.words import Words

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_TODAY = re.compile(r"\b(today|date is it|day is it)\b|aujourd|quel jour|오늘", re.IGNORECASE)
_UNTIL = re.compile(r"until|till|left|jusqu|combien de jours|남았|까지", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_KOREAN = re.compile(r"(?:(\d{4})년\s*)?(\d{1,2})월\s*(\d{1,2})일")


def answer(question: str, words: Words, today: date | None = None) -> str:
    """What is asked about a day, or nothing. `today` is the clock's unless it is given."""
    today = today or date.today()
    if len(question) > 200:
        return ""
    day = _day(question, today)
    if day is None:
        if not _TODAY.search(question):
            return ""
        return words.today_is.format(weekday=words.weekdays[today.weekday()], date=_show(today, words))
    if _UNTIL.search(question):
        day = day if day >= today else _next_year(day)
        return words.days_until.format(date=_show(day, words), days=(day - today).days)
    if re.search(r"day|jour|요일", question, re.IGNORECASE):
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
    except ValueError:
        return None
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
