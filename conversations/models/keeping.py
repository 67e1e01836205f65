"""What was spent outlives who and what it was spent on: answers that are deleted leave their figures as calls."""

from decimal import Decimal
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from conversations.models.call import Call, Purpose
from conversations.models.conversation import Conversation
from conversations.models.price import cached_tokens, tokens
from conversations.models.spent import Spent
from conversations.models.usage import FAILED, UNKNOWN, ended
from conversations.models.user import User


@receiver(pre_delete, sender=Conversation)
def keep(instance: Conversation, **_: Any) -> None:
    """Two statements for a conversation, however long; in the transaction that deletes it."""
    rows = ended().filter(message__conversation=instance.pk).annotate(failed=FAILED, unknown=UNKNOWN).order_by()
    Call.objects.bulk_create(
        Call(
            purpose=Purpose.ANSWER,
            person_id=instance.owner_id,
            key_id=row["key"],
            deployment_id=row["deployment"],
            prompt=tokens(row["usage"], "prompt_tokens"),
            cached=cached_tokens(row["usage"]),
            completion=tokens(row["usage"], "completion_tokens"),
            cost=row["cost"] if row["cost"] is not None or row["unknown"] else Decimal(0),
            failed=row["failed"],
            started=row["started"],
        )
        for row in rows.values("key", "deployment", "usage", "cost", "failed", "unknown", "started").iterator()
    )


@receiver(pre_delete, sender=User)
def forget(instance: User, **_: Any) -> None:
    Spent.forget(instance.pk)
