"""What a deployment costs, from a day on; an answer is charged once, by the price of its own day."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.deployment import Deployment

PER = 1_000_000  # tokens that a price is for


def _amount(label: Any, **options: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=16, decimal_places=6, validators=[MinValueValidator(Decimal(0))], **options
    )


class PriceQuerySet(models.QuerySet["Price"]):
    def on(self, deployment: int | None, moment: datetime) -> "Price | None":
        """The price of a deployment at `moment`; None if it had none yet."""
        day = moment.astimezone(UTC).date()  # one calendar for everybody, wherever they are
        return self.filter(deployment=deployment, since__lte=day).order_by("-since").first()

    def cost(self, deployment: int | None, moment: datetime, usage: dict[str, Any]) -> Decimal | None:
        """What tokens (the wire's `usage`) cost at `moment`, in the company's currency; None if nobody knows."""
        if deployment is None or not usage:
            return None
        price = self.on(deployment, moment)
        return price.of(usage) if price else None


class Price(models.Model):
    """One line of a price list. A new price is a new line: what was charged stays as it was."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="prices", verbose_name=_("deployment"))
    since = models.DateField(
        _("since"),
        help_text=_("The first day of this price (UTC). It does not reach back: what was asked before keeps its cost."),
    )
    prompt = _amount(_("prompt tokens"), help_text=_("A million of them, in the company's currency."))
    cached = _amount(_("cached prompt tokens"), null=True, blank=True, help_text=_("Empty: as other prompt tokens."))
    completion = _amount(_("completion tokens"), help_text=_("A million of them; thoughts count too."))

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint("deployment", "since", name="one_price_a_day")]

    def __str__(self) -> str:
        return f"{self.deployment}, {self.since}"

    def of(self, usage: dict[str, Any]) -> Decimal:
        """What these tokens cost; cached ones are part of the prompt's."""
        prompt, completion = tokens(usage, "prompt_tokens"), tokens(usage, "completion_tokens")
        cached = min(prompt, cached_tokens(usage))
        kept = self.prompt if self.cached is None else self.cached
        return ((prompt - cached) * self.prompt + cached * kept + completion * self.completion) / PER


def cached_tokens(usage: dict[str, Any]) -> int:
    """Tokens of the prompt that upstream had read before."""
    details = usage.get("prompt_tokens_details")
    return tokens(details, "cached_tokens") if isinstance(details, dict) else 0


def tokens(facts: dict[str, Any], name: str) -> int:
    """A count in the wire's `usage`; 0 for whatever is none."""
    value = facts.get(name)
    return max(0, value) if isinstance(value, int) else 0
