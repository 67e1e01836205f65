"""A conversation shown to colleagues: read-only, up to a message, until it is revoked.

Who may read it is asked with every query, so that revoking, leaving a group and suspension count at once. What it
rests on is no part of it: evidence and files stay with whoever may read them.
"""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Feature, Reader
from conversations.models.attempt import Attempt
from conversations.models.conversation import Busy, Conversation
from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.message import Message, State
from conversations.models.searching import SearchText
from conversations.models.user import User


def new_token() -> str:
    """192 random bits, as an address can hold them."""
    return secrets.token_urlsafe(24)


class ShareQuerySet(models.QuerySet["Share"]):
    def live(self) -> Self:
        """Those that somebody can read: their conversation is there, and its owner may share still."""
        owners = Feature.people(Feature.Name.SHARING)
        return self.filter(revoked=None, conversation__deleted=None, conversation__owner__in=owners)

    def for_reader(self, reader: Reader) -> Self:
        """Those that this person may read: they are for everybody, for them or a group of theirs, or their own."""
        own = models.Q(conversation__owner=reader.user_id)
        return self.live().filter(_active(reader), own | models.Q(everybody=True) | _named(reader))

    def given_to(self, reader: Reader) -> Self:
        """Those of others that name this person or a group of theirs."""
        return self.live().filter(_active(reader), _named(reader)).exclude(conversation__owner=reader.user_id)

    def of(self, owner: models.Model) -> Self:
        """This person's own that were not revoked."""
        kept = self.filter(revoked=None, conversation__deleted=None)
        return kept.filter(conversation__owner=owner.pk, conversation__owner__is_active=True)


def _active(reader: Reader) -> models.Exists:
    return models.Exists(User.objects.filter(pk=reader.user_id, is_active=True))


def _named(reader: Reader) -> Any:
    people = Share.people.through.objects.filter(share=models.OuterRef("pk"), user=reader.user_id)
    groups = Share.groups.through.objects.filter(share=models.OuterRef("pk"), group__in=reader.groups)
    return models.Exists(people) | models.Exists(groups)


class Share(models.Model):
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="shares")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    leaf = models.ForeignKey(Message, models.CASCADE, related_name="+", help_text="The last message that is shown.")
    everybody = models.BooleanField(default=False, help_text="Whoever is signed in and has the address.")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    groups = models.ManyToManyField(Group, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    revoked = models.DateTimeField(null=True, editable=False)

    objects = ShareQuerySet.as_manager()

    if TYPE_CHECKING:
        conversation_id: Any
        leaf_id: Any

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"share {self.pk} of {self.conversation_id}"

    @classmethod
    @transaction.atomic
    def make(
        cls, conversation: Conversation, *, everybody: bool = False, people: Iterable[User] = (), groups: Any = ()
    ) -> "Share":
        """Show the current branch of `conversation` as it is now. Raises Busy while an answer is being written."""
        locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
        if locked.messages.running().exists():
            raise Busy
        made = cls.objects.create(conversation=locked, leaf=locked.leaf, everybody=everybody)
        made.people.set(people)
        made.groups.set(groups)
        return made

    def revoke(self) -> None:
        """From now on it opens nothing, for good."""
        self.revoked = timezone.now()
        self.save(update_fields=["revoked"])

    def path(self) -> list[Message]:
        """The messages that are shown, oldest first, with the texts and states that they had when it was shared."""
        path = self.conversation.path(self.leaf_id)
        later = Attempt.objects.filter(message__in=path, started__gt=self.created).order_by("-number")
        starts = dict(later.values_list("message", "start"))  # the earliest of them is the last to be set
        for each in path:
            if each.pk in starts:  # it had ended early, and was continued since
                each.text, each.state = each.text[: starts[each.pk]], State.STOPPED
        return path

    @transaction.atomic
    def continue_as(self, person: User, path: Iterable[Message]) -> Conversation:
        """A conversation of this person's own that begins with `path`: our messages, in words that they may have.

        Instructions, evidence and files stay where they are; what answers and what is searched is what they may ask.
        """
        reader, title = person.reader(), self.conversation.title
        usable = Deployment.objects.for_reader(reader)
        same = [each for each in usable if each.pk == self.conversation.deployment_id]
        deployment = next(iter([*same, *usable]), None)
        made = Conversation.objects.create(owner=person, title=title, deployment=deployment)
        made.sources.set(DataSource.objects.for_reader(reader).filter(conversations=self.conversation))
        SearchText.of_title(made)
        for each in path:
            copy = Message(conversation=made, owner=person, parent=made.leaf)
            copy.role, copy.state, copy.text = each.role, each.state, each.text
            copy.save(force_insert=True)
            SearchText.of_message(copy, copy.text)
            made.leaf = copy
        made.save(update_fields=["leaf"])
        return made
