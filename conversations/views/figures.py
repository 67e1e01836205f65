"""Numbers as people read them, in their own language: tokens, money, seconds, shares."""

import math
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def whole(number: int) -> str:
    return number_format(number, force_grouping=True)


def compact(number: float) -> str:
    """Three digits that matter, with k, M or G, for where there is little room."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{_trimmed(number / size)}{unit}"
    return _trimmed(number)


def _trimmed(number: float) -> str:
    if number == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(number)))
    text = f"{number:.{places}f}"
    places = len(text.rstrip("0").partition(".")[2]) if "." in text else 0
    return number_format(round(number, places), decimal_pos=places)


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency; small ones keep two digits that say something. Unknown ones are empty."""
    if amount is None:
        return ""
    places = 2
    if 0 < amount < 1:
        places = max(2, 1 - amount.adjusted())
    return f"{number_format(round(amount, places), decimal_pos=places, force_grouping=True)} {currency}".strip()


def seconds(milliseconds: int | None) -> str:
    """With one decimal; empty while nobody knows."""
    if milliseconds is None:
        return ""
    return _("%(seconds)s s") % {"seconds": number_format(milliseconds / 1000, decimal_pos=1)}


def share(part: int, of: int) -> str:
    """A part as percent, with a decimal while it is small."""
    percent = 100 * part / of if of else 0
    return _("%(number)s %%") % {"number": number_format(percent, decimal_pos=1 if 0 < percent < 10 else 0)}
