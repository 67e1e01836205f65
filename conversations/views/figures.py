"""Numbers as people read them, in their own language: tokens, money, seconds, shares."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def whole(number: int) -> str:
    return number_format(number, force_grouping=True)


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
