"""Budgets a month: of groups, people, everybody, each with how far it is used where there is one sum for it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.admin.ticking import Ticking
from conversations.models import Budget
from conversations.views import limiting


class BudgetForm(forms.ModelForm):
    class Meta:
        model = Budget
        fields = ("group", "person", "together", "unit", "soft", "hard")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "group" in self.fields:
            group: Any = self.fields["group"]
            group.empty_label = _("Everybody, or the person below")


@admin.register(Budget)
class BudgetAdmin(Ticking):
    form = BudgetForm
    fieldsets = (
        (_("Whose"), {"fields": ("group", "person", "together")}),
        (_("How much a month"), {"fields": ("unit", "soft", "hard")}),
    )
    autocomplete_fields = ("person",)
    list_display = ("__str__", "counts_for", "notice_at", "refusal_at", "used")
    list_select_related = ("group", "person")
    list_filter = ("unit",)

    @admin.display(description=_("for"))
    def counts_for(self, budget: Budget) -> Any:
        if budget.person_id:
            return _("this person")
        return _("all together") if budget.together else _("each of them")

    @admin.display(description=_("notice at"), ordering="soft")
    def notice_at(self, budget: Budget) -> str:
        return "–" if budget.soft is None else limiting.amount(budget.unit, budget.soft)

    @admin.display(description=_("refusal at"), ordering="hard")
    def refusal_at(self, budget: Budget) -> str:
        return "–" if budget.hard is None else limiting.amount(budget.unit, budget.hard)

    @admin.display(description=_("used this month"))
    def used(self, budget: Budget) -> str:
        """Of a budget for each of them: how far it is used by whoever spent most."""
        standing = budget.farthest()
        return f"{limiting.amount(budget.unit, standing.used)} ({limiting.share(standing)})"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        return super().get_queryset(request).select_related("group", "person")
