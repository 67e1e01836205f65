"""How long conversations are kept that nobody uses: by the groups of their owner, or by the company.

The longest of a person's groups counts: joining one more group never deletes anything. A group without days of its own
says nothing; whoever is in none that does has the company's. Pinned and archived ones are no exception.
"""

from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.company import Company
from conversations.models.user import User

Rows = TypeVar("Rows", bound=models.QuerySet[Any])


class Retention(models.Model):
    group = models.OneToOneField(Group, models.CASCADE, related_name="retention")
    days = models.PositiveIntegerField(
        _("days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("After so many days without a question or answer they are deleted for good. Empty: never."),
    )

    class Meta:
        verbose_name = _("keeping of conversations")
        verbose_name_plural = _("keeping of conversations")

    def __str__(self) -> str:
        return f"{self.group}: {self.days or '∞'}"


def days_for(person: User) -> int | None:
    """After how many days without use this person's conversations are deleted; None: never."""
    said = list(Retention.objects.filter(group__user=person).values_list("days", flat=True))
    if not said:
        return Company.current().retention_days
    return None if None in said else max(days for days in said if days)


def expired(conversations: Rows) -> Rows:
    """Those of `conversations` that have been unused for longer than their owner's days."""
    now, default = timezone.now(), Company.current().retention_days
    lengths = {days for days in Retention.objects.values_list("days", flat=True) if days}
    if not lengths and not default:
        return conversations.none()
    said = Retention.objects.filter(group__user=models.OuterRef("owner"))
    longest = said.order_by(models.F("days").desc(nulls_first=True)).values("days")[:1]
    due = models.Q(pk=None)
    for days in lengths:
        due |= models.Q(longest=days, updated__lt=now - timedelta(days))
    if default:
        due |= models.Q(governed=False, updated__lt=now - timedelta(default))
    shortest = now - timedelta(min({*lengths, *([default] if default else [])}))
    old = conversations.filter(updated__lt=shortest)  # by its index, before the owners' groups are looked at
    return old.annotate(longest=models.Subquery(longest), governed=models.Exists(said)).filter(due)
