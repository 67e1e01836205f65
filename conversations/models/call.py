"""What a deployment was asked beside answers, and answers that were deleted: tokens that are spent all the same."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django import db
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Reader
from conversations.models.deployment import Deployment
from conversations.models.price import Price, cached_tokens, tokens
from conversations.models.spent import Spent, all_tokens
from conversations.outage import no_database

log = logging.getLogger(__name__)

AGAIN = 5.0  # seconds after which a call is written down that could not be

_later: set[asyncio.Task[None]] = set()


class Purpose(models.TextChoices):
    ANSWER = "answer", _("Answers")
    INTENT = "intent", _("What to search for")
    EMBEDDING = "embedding", _("Vectors")
    EVALUATION = "evaluation", _("Golden questions")
    API = "api", _("Programs, by API key")


class Call(models.Model):
    """One call. `person`: on whose behalf, if on anybody's; `deployment`: none for an endpoint of a source's own.

    Of the purpose ANSWER are answers whose conversation was deleted: their figures, and nothing of their text.
    """

    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    key = models.ForeignKey("conversations.ApiKey", models.SET_NULL, null=True, related_name="+")
    deployment = models.ForeignKey(Deployment, models.SET_NULL, null=True, related_name="+")
    prompt = models.PositiveBigIntegerField(default=0, help_text="Tokens, cached ones included.")
    cached = models.PositiveBigIntegerField(default=0)
    completion = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True, help_text="Null: nobody knows.")
    failed = models.BooleanField(default=False)
    started = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [models.Index(fields=["started"], name="call_started")]

    def __str__(self) -> str:
        return f"{self.purpose}, {self.started:%Y-%m-%d %H:%M}"

    @classmethod
    async def note(
        cls,
        purpose: Purpose,
        usage: dict[str, Any],
        *,
        reader: Reader | None,
        deployment: int | None,
        guess: dict[str, Any] | None = None,
    ) -> None:
        """Write down what was spent, by the wire's `usage`. What waits for the call does not fail if this does.

        `guess`: the `usage` that counts for the month where none is known. While the database is away that is tried
        again, for as long as the process lives, and nobody waits for it.
        """
        record = partial(cls.record, purpose, usage, reader=reader, deployment=deployment, guess=guess)
        try:
            await database_sync_to_async(record)()
        except db.Error as error:
            log.exception("A call for %s could not be written down", purpose)
            if no_database(error):
                task = asyncio.get_running_loop().create_task(_write_later(record), context=contextvars.Context())
                _later.add(task)
                task.add_done_callback(_later.discard)

    @classmethod
    def record(
        cls,
        purpose: Purpose,
        usage: dict[str, Any],
        *,
        reader: Reader | None,
        deployment: int | None,
        guess: dict[str, Any] | None = None,
    ) -> "Call":
        """It counts for the budgets of `reader`: the person's, and the one of the key that asks on their behalf."""
        now = timezone.now()
        person, key = (reader.user_id, reader.key_id) if reader else (None, None)
        cost = Price.objects.cost(deployment, now, usage)
        spent = usage or guess or {}
        costs = cost if usage else Price.objects.cost(deployment, now, spent)
        with transaction.atomic():
            Spent.add(now, all_tokens(spent), costs, person=person, key=key)
            return cls.objects.create(
                purpose=purpose,
                person_id=person,
                key_id=key,
                deployment_id=deployment,
                prompt=tokens(usage, "prompt_tokens"),
                cached=cached_tokens(usage),
                completion=tokens(usage, "completion_tokens"),
                cost=cost,
                started=now,
            )


async def _write_later(record: Callable[[], Call]) -> None:
    while True:
        await asyncio.sleep(AGAIN)
        try:
            await database_sync_to_async(record)()
            return
        except db.Error as error:
            if not no_database(error):
                raise
