"""What is used up and until when, in a sentence for the person who asks; and, before it is, how much of it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.answering.limits import BudgetExceeded
from conversations.completions.errors import LimitReached
from conversations.models import Budget, Company, Standing, Unit, User
from conversations.views import figures

COUNTED = 120.0  # seconds; a longer wait is not counted down


def refused(limit: LimitReached) -> str:
    if isinstance(limit, BudgetExceeded):
        return used_up(limit.standing)
    if limit.limit == "questions_a_minute":
        return _("You ask faster than you may. Your text stays; send it again in a moment.")
    most = settings.ANSWERS_AT_ONCE
    words = ngettext(
        "An answer is being written for you in another chat, and only %(count)s may be at once. "
        "Wait for it, or stop it.",
        "Answers are being written for you in other chats, and only %(count)s may be at once. "
        "Wait for one of them, or stop one.",
        most,
    )
    return words % {"count": most}


def until(limit: LimitReached) -> datetime | None:
    """When it makes sense to send it again, if that is soon enough to be waited for."""
    if limit.limit == "answers_at_once" or limit.retry_after is None or limit.retry_after > COUNTED:
        return None
    return timezone.now() + timedelta(seconds=limit.retry_after)


def notice(standings: list[Standing]) -> str:
    """What stands above the message box of somebody who has used much of a budget; empty while nobody has."""
    told = next((each for each in standings if each.used_up or each.near), None)
    if told is None:
        return ""
    return used_up(told) if told.used_up else _near(told)


def budget_notice(person: User) -> str:
    return notice(Budget.objects.standings(person.reader()))


def used_up(standing: Standing) -> str:
    words = {
        "group_together": _(
            "The budget of %(whose)s for this month, %(amount)s, is used up. You can ask again from %(moment)s on."
        ),
        "everybody_together": _(
            "The company's budget for this month, %(amount)s, is used up. You can ask again from %(moment)s on."
        ),
        "key": _(
            "The budget of this API key for this month, %(amount)s, is used up. It works again from %(moment)s on."
        ),
    }
    own = _("Your budget for this month, %(amount)s, is used up. You can ask again from %(moment)s on.")
    return words.get(standing.limit, own) % _facts(standing)


def _near(standing: Standing) -> str:
    words = {
        "group_together": _("%(share)s of the budget of %(whose)s for this month, %(amount)s, is used."),
        "everybody_together": _("%(share)s of the company's budget for this month, %(amount)s, is used."),
    }
    own = _("You have used %(share)s of your budget for this month, %(amount)s.")
    return words.get(standing.limit, own) % _facts(standing)


def rows(standings: list[Standing]) -> list[tuple[str, str]]:
    """Name and figures of each budget; of one that many share only its part, for what others spent is theirs."""
    names = {
        "group": _("Your budget in %(whose)s"),
        "group_together": _("Budget of %(whose)s"),
        "everybody_together": _("The company's budget"),
    }
    alone, shared = _("%(used)s of %(amount)s (%(share)s)"), _("%(share)s of %(amount)s")
    found = []
    for each in standings:
        facts = _facts(each)
        name = names.get(each.limit, _("Your budget"))
        found.append((name % facts, (shared if each.limit.endswith("_together") else alone) % facts))
    return found


def _facts(standing: Standing) -> dict[str, Any]:
    return {
        "whose": standing.whose,
        "used": amount(standing.unit, standing.used),
        "amount": amount(standing.unit, standing.amount),
        "share": share(standing),
        "moment": date_format(timezone.localtime(standing.begins), "DATETIME_FORMAT"),
    }


def share(standing: Standing) -> str:
    """As percent, rounded down: 100 % means all of it."""
    return figures.share(int(standing.share * 100), 100)


def amount(unit: str, number: Any) -> str:
    """So much money, or so many tokens."""
    if unit == Unit.MONEY:
        return figures.money(number, Company.current().currency)
    count = int(number)
    return ngettext("%(count)s token", "%(count)s tokens", count) % {"count": figures.whole(count)}
