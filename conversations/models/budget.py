"""How much may be spent in a month, by whom: a notice at the soft amount, a refusal at the hard one.

Every budget that a person is under counts; the one that is used up most decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Reader
from conversations.models.api_key import ApiKey
from conversations.models.spent import Spent, month_ends, month_of

Sums = dict[str, Decimal]  # unit → how much of it


class Unit(models.TextChoices):
    MONEY = "money", _("Money")
    TOKENS = "tokens", _("Tokens")


NOTHING: Sums = {Unit.MONEY: Decimal(0), Unit.TOKENS: Decimal(0)}


@dataclass(frozen=True)
class Standing:
    """How far a budget is used this month, as seen by one person."""

    limit: str  # whose budget it is, as `Budget.limit` says it; "key" for an API key's
    whose: str  # name of the group, person or key; empty for everybody
    unit: str
    used: Decimal
    soft: Decimal | None
    hard: Decimal | None
    begins: datetime  # when it begins anew

    @property
    def amount(self) -> Decimal:
        return self.hard if self.hard is not None else self.soft or Decimal(0)

    @property
    def share(self) -> float:
        """Used of the amount that counts, 1.0 for all of it; of a budget of nothing all is always used."""
        return float(self.used / self.amount) if self.amount else 1.0

    @property
    def used_up(self) -> bool:
        return self.hard is not None and self.used >= self.hard

    @property
    def near(self) -> bool:
        """Was the soft amount reached?"""
        return self.soft is not None and self.used >= self.soft


class BudgetQuerySet(models.QuerySet["Budget"]):
    def over(self, reader: Reader) -> Self:
        """Those that this person is under: their own, their groups', everybody's."""
        everybody = Q(person=None, group=None)
        mine = Q(person=reader.user_id) | Q(group__in=reader.groups)
        return self.filter(everybody | mine).select_related("group", "person")

    def standings(self, reader: Reader) -> list[Standing]:
        """How far each of them is used, the tightest first; one query if there are none, else at most three.

        With an API key the key's own budget is one of them, and is looked up besides.
        """
        found, now = list(self.over(reader)), timezone.now()
        key = ApiKey.objects.filter(pk=reader.key_id).exclude(budget=None).first() if reader.key_id else None
        if not found and key is None:
            return []
        month = Spent.objects.filter(month=month_of(now))
        together = [each for each in found if each.together]
        sums = _sums(month, together)
        alone: Sums = NOTHING
        if len(together) < len(found):
            alone = _sum(month.filter(person=reader.user_id))
        standings = [each.standing(sums.get(each.pk, alone), now) for each in found]
        if key:
            standings.append(key_standing(key, _sum(month.filter(key=key.pk)), now))
        return sorted(standings, key=lambda each: (each.used_up, each.share), reverse=True)


def _sum(rows: models.QuerySet[Spent]) -> Sums:
    return _of(rows.aggregate(tokens=Sum("tokens"), money=Sum("cost")))


def _sums(month: models.QuerySet[Spent], budgets: "Sequence[Budget]") -> dict[int, Sums]:
    """Budget → what all together spent, in one query for all budgets."""
    if not budgets:
        return {}
    asked: dict[str, Any] = {}
    for each in budgets:
        members = Q(person__in=_members(each.group_id)) if each.group_id else None
        asked[f"tokens{each.pk}"] = Sum("tokens", filter=members)
        asked[f"money{each.pk}"] = Sum("cost", filter=members)
    row = month.aggregate(**asked)
    return {each.pk: _of({name: row[f"{name}{each.pk}"] for name in ("tokens", "money")}) for each in budgets}


def _of(row: dict[str, Any]) -> Sums:
    return {unit.value: Decimal(row[unit.value] or 0) for unit in Unit}


def _members(group: int) -> models.QuerySet[Any, Any]:
    """The ids of who is in a group today."""
    membership: Any = get_user_model()._meta.get_field("groups")
    return membership.remote_field.through.objects.filter(group=group).values("user")


def _amount(label: Any, words: Any) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=words,
    )


class Budget(models.Model):
    """Of a group, or a person, or everybody; in money, by the price lists, or in tokens."""

    group = models.ForeignKey(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group"),
        help_text=_("Neither a group nor a person: it is everybody's."),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    together = models.BooleanField(
        _("for all together"),
        default=False,
        help_text=_("What all of them spend is added up. Otherwise each of them may spend as much."),
    )
    unit = models.CharField(
        _("counted in"),
        max_length=8,
        choices=Unit,
        default=Unit.MONEY,
        help_text=_(
            "Money: by the price lists, in the company's currency. What has no price counts as nothing: "
            "give each deployment a price, or count tokens."
        ),
    )
    soft = _amount(_("notice at"), _("From here on people see how much is used. Empty: no notice."))
    hard = _amount(
        _("refusal at"),
        _("From here on nothing is asked until the next month (UTC); running answers finish. Empty: no refusal."),
    )

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["group__name", "person__username", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None) | Q(person=None),
                name="budget_of_one",
                violation_error_message=_("Choose a group or a person, not both."),
            ),
            models.CheckConstraint(
                condition=Q(soft__isnull=False) | Q(hard__isnull=False),
                name="budget_of_something",
                violation_error_message=_("Enter at least one of the two amounts."),
            ),
            models.CheckConstraint(
                condition=Q(soft=None) | Q(hard=None) | Q(soft__lte=F("hard")),
                name="budget_soft_first",
                violation_error_message=_("The notice comes before the refusal: enter a smaller amount for it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.group or self.person or _("Everybody"))

    @property
    def limit(self) -> str:
        """Which kind of limit this is, for programs and for choosing words."""
        if self.person_id:
            return "person"
        kind = "group" if self.group_id else "everybody"
        return f"{kind}_together" if self.together else kind

    def standing(self, used: Sums, now: datetime) -> Standing:
        whose = str(self.group or self.person or "")
        return Standing(self.limit, whose, self.unit, used[self.unit], self.soft, self.hard, month_ends(now))

    def farthest(self) -> Standing:
        """How far it is used this month; if each of them has it, by whoever spent most."""
        now = timezone.now()
        rows = Spent.objects.filter(month=month_of(now))
        if self.group_id:
            rows = rows.filter(person__in=_members(self.group_id))
        if self.person_id or self.together:
            return self.standing(_sum(rows.filter(person=self.person_id) if self.person_id else rows), now)
        field = "cost" if self.unit == Unit.MONEY else "tokens"
        sums = rows.exclude(person=0).order_by().values("person").annotate(sum=Sum(field)).values_list("sum", flat=True)
        return self.standing({**NOTHING, self.unit: Decimal(max(sums, default=0))}, now)

    def clean(self) -> None:
        if self.person_id and self.together:
            raise ValidationError({"together": _("This is for groups and for everybody; a person is one.")})
        amounts = [each for each in (self.soft, self.hard) if each is not None]
        if self.unit == Unit.TOKENS and any(each % 1 for each in amounts):
            raise ValidationError(_("Tokens are whole numbers."))


def key_standing(key: ApiKey, used: Sums, now: datetime) -> Standing:
    """How far an API key's own budget is used."""
    return Standing("key", key.name, Unit.MONEY, used[Unit.MONEY], None, key.budget, month_ends(now))


def key_standings(keys: list[ApiKey]) -> dict[int, Standing]:
    """Key → how far its budget is used, of those that have one; one query."""
    limited, now = [each for each in keys if each.budget is not None], timezone.now()
    rows = Spent.objects.filter(month=month_of(now), key__in=[each.pk for each in limited]) if limited else []
    used = {each.key: {**NOTHING, Unit.MONEY: each.cost} for each in rows}
    return {each.pk: key_standing(each, used.get(each.pk, NOTHING), now) for each in limited}


__all__ = ["Budget", "Standing", "Unit", "key_standings"]
