"""One try at writing an answer: what was asked for, what came, what it cost, how it ended.

*Continue* adds an attempt to the same message; *Try again* and *Regenerate* make a sibling message instead.
The attempt's text is the part of the message's text from `start` on (up to the next attempt's start), and it is
a prefix of what upstream sent.
"""

from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.message import Message
from conversations.models.price import Price
from conversations.models.spent import Spent, all_tokens


class AttemptManager(models.Manager["Attempt"]):
    def get_queryset(self) -> "models.QuerySet[Attempt]":
        """Attempts with their deployment: whoever shows one names it."""
        return super().get_queryset().select_related("deployment")


class Attempt(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField(help_text="The epoch of its frames, from 1.")
    start = models.PositiveIntegerField(default=0, help_text="Characters of the message before it.")
    language = models.CharField(max_length=8, blank=True)

    # What was asked for
    key = models.ForeignKey("conversations.ApiKey", models.SET_NULL, null=True, related_name="+")
    deployment = models.ForeignKey(Deployment, models.PROTECT, null=True, related_name="+")
    system_text = models.TextField(blank=True)
    parameters = models.JSONField(default=dict)
    sources = models.ManyToManyField(DataSource, related_name="+")
    facts = models.JSONField(default=dict, help_text="Messages sent and left out.")
    tries = models.JSONField(default=list, help_text="Failed tries before the first token.")

    # What came
    model = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    finish_reason = models.CharField(max_length=64, blank=True)
    usage = models.JSONField(default=dict)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True, help_text="Null: nobody knows.")
    rate_limits = models.JSONField(default=dict, help_text="Header → what it said.")
    filters = models.JSONField(default=dict, help_text="Category → what content filters said of the answer.")
    prompt_filters = models.JSONField(default=dict, help_text="prompt_index → category → the same of the question.")
    tool_calls = models.JSONField(default=list)
    reasoning = models.TextField(blank=True)
    refusal = models.TextField(blank=True, help_text="The part of the text with which the model declined.")
    error = models.CharField(max_length=64, blank=True, help_text="Code of completions.errors.")
    detail = models.TextField(blank=True, help_text="For administrators.")

    started = models.DateTimeField(auto_now_add=True)
    first_token_ms = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)

    objects = AttemptManager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint("message", "number", name="attempt_number")]
        indexes = [
            models.Index(fields=["started"], name="attempt_started"),
            models.Index(fields=["deployment", "started"], name="attempt_of_deployment"),
        ]
        permissions = [("view_usage", "Can view usage")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}"

    @property
    def structured(self) -> bool:
        """Was a JSON document asked for?"""
        wanted = self.parameters.get("response_format")
        return isinstance(wanted, dict) and wanted.get("type") in ("json_object", "json_schema")

    def record(self, *, guess: dict[str, Any] | None = None, **facts: Any) -> None:
        """Set and save what became known, and what it cost by the price of its day; the month's sum grows with it.

        `guess`: the `usage` that counts for the month where none became known.
        """
        count, cost = all_tokens(self.usage), self.cost or Decimal(0)
        for name, value in facts.items():
            setattr(self, name, value)
        self.cost = Price.objects.cost(self.deployment_id, self.started, self.usage)
        spent, costs = self.usage, self.cost
        if not spent and guess:
            spent, costs = guess, Price.objects.cost(self.deployment_id, self.started, guess)
        count, cost = all_tokens(spent) - count, (costs or Decimal(0)) - cost
        with transaction.atomic():
            self.save(update_fields=[*facts, "cost"])
            Spent.add(self.started, count, cost, person=self.message.owner_id, key=self.key_id)
