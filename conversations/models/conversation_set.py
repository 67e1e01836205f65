"""Conversations as their owner finds them, and those whose time is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from conversations.models import retention
from conversations.models.audit import AuditEntry

KEPT = timedelta(hours=1)  # after it was deleted
UNASKED = timedelta(days=1)  # that files wait for their first question
GRACE = timedelta(days=7)  # after it was unused for too long
LEFT = timedelta(hours=1)  # that a temporary one outlives its page
LONGEST_TEMPORARY = timedelta(days=1)
PURGED_AT_ONCE = 10


class ConversationQuerySet(models.QuerySet[Any]):
    def for_user(self, user: models.Model) -> Self:
        """This person's own conversations; everything else does not exist for them, nor anything once suspended.

        The row decides about that: a socket's `user` may be hours old.
        """
        return self.of(user).filter(deleted=None)

    def thrown_away(self, user: models.Model) -> Self:
        """What this person deleted a moment ago and may take back."""
        return self.of(user).filter(expired=None).exclude(deleted=None)

    def of(self, user: models.Model) -> Self:
        return self.filter(owner_id=user.pk, owner__is_active=True)

    def purge(self) -> int:
        """Delete for good what was thrown away, never begun, expired or left, long enough ago; how many these were.

        Some at a time, so that others get a turn: none are left when it returns 0.
        """
        now = timezone.now()
        over = models.Q(updated__lt=now - LEFT) | models.Q(created__lt=now - LONGEST_TEMPORARY)
        old = models.Q(deleted__lt=now - KEPT, expired=None) | models.Q(title="", updated__lt=now - UNASKED)
        old |= models.Q(over, temporary=True)
        unused = retention.expired(self.filter(expired__lt=now - GRACE))
        gone = self.filter(old)._each(lambda rows: rows.delete())
        return gone + unused._each(lambda rows: rows.delete(), "retention.delete")

    def expire(self) -> int:
        """Throw away what was not used for its owner's days, and take back what has more of them now; how many."""
        now, hidden = timezone.now(), self.exclude(expired=None)
        unused = retention.expired(self.filter(deleted=None).listed())
        kept = hidden.exclude(pk__in=retention.expired(hidden).values("pk"))
        done = unused._each(lambda rows: rows.update(deleted=now, expired=now), "retention.expire")
        return done + kept._each(lambda rows: rows.update(deleted=None, expired=None), "retention.restore")

    def _each(self, act: Callable[[Self], Any], verb: str = "") -> int:
        """Do it to some of these, locked and looked at again: a question may have come in between; how many."""
        seen = list(self.values_list("pk", flat=True)[:PURGED_AT_ONCE])
        if not seen:  # mostly: then nobody waits for a lock
            return 0
        with transaction.atomic():
            still = list(self.filter(pk__in=seen).select_for_update().values_list("pk", flat=True))
            act(self.model.objects.filter(pk__in=still))
            if verb and still:
                AuditEntry.write(verb, note=f"{len(still)} conversations")
        return len(still)

    def begun(self) -> Self:
        """Without those that only hold files so far, for a question that was not sent yet."""
        return self.exclude(title="")

    def listed(self) -> Self:
        """Those that lists, searches and exports know: begun, and not temporary."""
        return self.begun().filter(temporary=False)

    def stay(self) -> None:
        """Somebody has the page of these open: temporary ones live on."""
        if self.filter(temporary=True).exists():
            self.filter(temporary=True).update(updated=timezone.now())

    def seen(self) -> bool:
        """Their owner looked at them; True if there was news."""
        return bool(self.filter(unseen=True).update(unseen=False))
