"""A question or an answer, a node of the conversation's tree. The row is the truth about it.

While an answer is written its row is leased: `runner` names the process that writes, `beat_at` (the database's
clock) says when it was last alive, and nobody else writes the text. A lease that is not renewed for LOST_AFTER is
lost: whoever notices marks the answer interrupted, and the process that held it finds its writes refused.
"""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from conversations.models.searching import SearchText

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from conversations.models.attempt import Attempt
    from conversations.models.evidence import Evidence

LOST_AFTER = timedelta(seconds=15)


class Role(models.TextChoices):
    USER = "user", _("question")
    ASSISTANT = "assistant", _("answer")


class State(models.TextChoices):
    """What the article's `data-state` says."""

    PENDING = "pending", _("thinking")
    STREAMING = "streaming", _("being written")
    COMPLETE = "complete", _("complete")
    STOPPED = "stopped", _("stopped")
    INTERRUPTED = "interrupted", _("interrupted")
    FILTERED = "filtered", _("filtered")
    TRUNCATED = "truncated", _("cut off by length")
    FAILED = "failed", _("failed")


RUNNING = (State.PENDING, State.STREAMING)
CONTINUABLE = (State.STOPPED, State.INTERRUPTED, State.TRUNCATED)


class MessageQuerySet(models.QuerySet["Message"]):
    def for_user(self, user: models.Model) -> Self:
        """Messages of this person's own conversations; none once suspended."""
        return self.filter(
            conversation__owner_id=user.pk, conversation__owner__is_active=True, conversation__deleted=None
        )

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def lost(self) -> Self:
        """Running by their state, but nobody has renewed their lease."""
        return self.running().filter(beat_at__lt=Now() - LOST_AFTER)

    def alive(self) -> Self:
        """Running, and somebody renews their lease."""
        return self.running().filter(beat_at__gte=Now() - LOST_AFTER)

    def held_by(self, runner: str) -> Self:
        return self.running().filter(runner=runner)

    def sweep(self) -> "list[Message]":
        """Mark lost answers interrupted; returns those that this call marked."""
        marked: list[Message] = []
        for message in self.lost():
            with transaction.atomic():
                if not self.lost().filter(pk=message.pk).update(state=State.INTERRUPTED, runner=""):
                    continue
                message.state, message.runner = State.INTERRUPTED, ""
                last = message.attempts.order_by("-number").values("pk")[:1]
                message.attempts.filter(pk__in=last, error="", finish_reason="").update(error="server_lost")
                SearchText.of_message(message, message.text)
            marked.append(message)
        return marked


class Message(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="messages")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.COMPLETE)
    text = models.TextField(_("text"), blank=True)
    client_id = models.UUIDField(null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    runner = models.CharField(max_length=32, blank=True, editable=False)
    beat_at = models.DateTimeField(null=True, editable=False)
    stop_requested = models.BooleanField(default=False, editable=False)

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        attempts: RelatedManager[Attempt]
        evidence: RelatedManager[Evidence]
        children: RelatedManager["Message"]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint("owner", "client_id", name="message_client_id"),
            models.UniqueConstraint(
                "conversation",
                condition=models.Q(state__in=["pending", "streaming"]),
                name="one_answer_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                "beat_at",
                condition=models.Q(state__in=["pending", "streaming"]),
                name="message_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @property
    def continuable(self) -> bool:
        """Did it end early, with some text that more can follow?"""
        return self.state in CONTINUABLE and bool(self.text)

    def take(self, runner: str) -> bool:
        """Lease this pending answer for `runner`; False if it is no longer there to be taken."""
        mine = Message.objects.filter(pk=self.pk, state=State.PENDING, runner="")
        return bool(mine.update(runner=runner, beat_at=Now()))

    def checkpoint(self, runner: str, text: str) -> bool:
        """Save the text so far and renew the lease; False if the lease was lost, and nothing is written."""
        held = Message.objects.held_by(runner).filter(pk=self.pk)
        return bool(held.update(text=text, state=State.STREAMING, beat_at=Now()))

    def finish(self, runner: str, text: str, state: State) -> bool:
        """Save the last text and how it ended; False if the lease was lost, and nothing is written."""
        held = Message.objects.held_by(runner).filter(pk=self.pk)
        done = held.update(text=text, state=state, runner="", beat_at=None, stop_requested=False)
        return bool(done)

    def request_stop(self) -> bool:
        """Ask the process that writes this answer, whichever it is, to stop."""
        return bool(Message.objects.running().filter(pk=self.pk).update(stop_requested=True))
