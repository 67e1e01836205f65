"""A conversation: one person's tree of questions and answers, with a current leaf."""

import re
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from conversations.models.assistant import Assistant
from conversations.models.attempt import Attempt
from conversations.models.conversation_set import ConversationQuerySet
from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.message import Message, Role, State
from conversations.models.prompt import PromptVersion
from conversations.models.searching import SearchText

LONGEST_TITLE = 200  # characters


class Busy(Exception):
    """An answer of this conversation is being written; a second one would interleave with it."""


class Final(Exception):
    """The answer ended as it should, or without any text: there is nothing to continue."""


@dataclass(frozen=True)
class Turn:
    """What `ask` accepted; `new` is False if the same question had been accepted before."""

    question: Message
    answer: Message
    new: bool = True


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    leaf = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    assistant = models.ForeignKey(Assistant, models.PROTECT, null=True, blank=True, related_name="conversations")
    deployment = models.ForeignKey(Deployment, models.PROTECT, null=True, blank=True, related_name="conversations")
    prompt = models.ForeignKey(PromptVersion, models.PROTECT, null=True, blank=True, related_name="conversations")
    parameters = models.JSONField(default=dict, blank=True)
    prompt_values = models.JSONField(default=dict, blank=True)
    sources = models.ManyToManyField(DataSource, blank=True, related_name="conversations")
    pinned = models.BooleanField(_("pinned"), default=False)
    archived = models.BooleanField(_("archived"), default=False)
    temporary = models.BooleanField(default=False, help_text="In no list; deleted when its page is closed.")
    deleted = models.DateTimeField(null=True, editable=False, help_text="Thrown away; purged an hour later.")
    expired = models.DateTimeField(null=True, editable=False, help_text="Unused for too long: thrown away by that.")
    unseen = models.BooleanField(default=False, help_text="An answer ended while nobody looked.")
    created = models.DateTimeField(_("created"), auto_now_add=True)
    updated = models.DateTimeField(_("updated"), default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated"]
        permissions = [("read_others", _("May read other people's conversations, for a reason"))]
        indexes = [
            models.Index(fields=["owner", "-pinned", "-updated"], name="conversation_of_owner"),
            models.Index("updated", name="conversation_updated"),
            models.Index("created", condition=models.Q(temporary=True), name="conversation_temporary"),
            models.Index("deleted", condition=models.Q(deleted__isnull=False), name="conversation_deleted"),
            models.Index("expired", condition=models.Q(expired__isnull=False), name="conversation_expired"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def start(
        cls,
        owner: models.Model,
        *,
        id: uuid.UUID,
        text: str,
        deployment: Deployment | None,
        temporary: bool = False,
    ) -> "Conversation":
        """The conversation `id` of `owner`, made now if it is new, titled after its first question."""
        facts = {"title": title_of(text), "deployment": deployment, "temporary": temporary}
        made, new = cls.objects.get_or_create(pk=id, owner_id=owner.pk, defaults=facts)
        if not new and not made.begun:
            made.title, made.deployment, made.temporary, new = title_of(text), deployment, temporary, True
            made.save(update_fields=["title", "deployment", "temporary"])
        if new:
            SearchText.of_title(made)
        return made

    @classmethod
    def prepare(cls, owner: models.Model, id: uuid.UUID, assistant: Assistant | None = None) -> "Conversation":
        """The conversation `id` of `owner`, to attach files to; nobody sees a new one before its first question."""
        facts = {"title": "", "assistant": assistant}
        return cls.objects.get_or_create(pk=id, owner_id=owner.pk, defaults=facts)[0]

    @property
    def begun(self) -> bool:
        """Was anything asked in it?"""
        return bool(self.title)

    def rename(self, title: str) -> None:
        """Give it another title, shortened to what fits."""
        self.title = Truncator(" ".join(title.split())).chars(LONGEST_TITLE)
        self.save(update_fields=["title"])
        SearchText.of_title(self)

    def retitle(self, first: Message, text: str) -> None:
        """Its first question is asked as `text` now: a title that nobody chose follows."""
        if first.parent_id is None and self.title == title_of(first.text):
            self.rename(title_of(text))

    def pin(self, on: bool) -> None:
        """Keep it above all others, or not."""
        self.pinned = on
        self.save(update_fields=["pinned"])

    def archive(self, on: bool) -> None:
        """Put it away without losing it, or take it back; an archived one is not pinned."""
        self.archived, self.pinned = on, self.pinned and not on
        self.save(update_fields=["archived", "pinned"])

    def throw_away(self) -> None:
        """Delete it, as far as anybody can see; it can be taken back until it is purged."""
        self.deleted = timezone.now()
        self.save(update_fields=["deleted"])

    def take_back(self) -> None:
        self.deleted = None
        self.save(update_fields=["deleted"])

    def ask(
        self,
        text: str,
        *,
        client_id: uuid.UUID | None = None,
        parent: uuid.UUID | None = None,
        at_root: bool = False,
        language: str = "",
    ) -> Turn:
        """Accept a question: the question, an empty answer and its first attempt, in one transaction.

        `parent` is the answer it follows; without one it follows the current leaf, or nothing if `at_root`.
        Raises Busy while another answer runs, Message.DoesNotExist for a parent that is not here. The same
        `client_id` of the same owner is the same question and is accepted once.
        """
        with transaction.atomic():
            locked = Conversation.objects.select_for_update().get(pk=self.pk)
            if client_id and (known := locked._known(client_id)):
                return known
            locked._must_be_free()
            followed: uuid.UUID | None
            if parent is not None:
                followed = locked.messages.get(pk=parent, role=Role.ASSISTANT).pk
            else:
                followed = None if at_root else locked.leaf_id
            question = Message.objects.create(
                conversation=locked,
                owner_id=locked.owner_id,
                parent_id=followed,
                role=Role.USER,
                text=text,
                client_id=client_id,
            )
            SearchText.of_message(question, text)
            return Turn(question, locked._answer_to(question, language))

    def answer_again(self, question: Message, *, language: str = "") -> Message:
        """A new, empty answer beside the ones that `question` has. Raises Busy."""
        with transaction.atomic():
            locked = Conversation.objects.select_for_update().get(pk=self.pk)
            locked._must_be_free()
            return locked._answer_to(question, language)

    def go_on(self, answer: Message, *, language: str = "") -> Message:
        """Let an answer that ended early be continued: a further attempt of the same message. Raises Busy, Final."""
        with transaction.atomic():
            locked = Conversation.objects.select_for_update().get(pk=self.pk)
            locked._must_be_free()
            answer.refresh_from_db()
            if not answer.continuable:
                raise Final
            answer.state, answer.runner, answer.stop_requested = State.PENDING, "", False
            answer.beat_at = Now()
            answer.save(update_fields=["state", "runner", "stop_requested", "beat_at"])
            last = answer.attempts.order_by("-number").first()
            locked._attempt(answer, last.number + 1 if last else 1, len(answer.text), language)
            on_the_branch = any(each.pk == answer.pk for each in locked.path())
            locked._moved_to(None if on_the_branch else Message(pk=locked.branch_through(answer)))
            return answer

    def path(self, leaf: uuid.UUID | None = None) -> list[Message]:
        """Messages from the first question to `leaf` (the current leaf), oldest first."""
        known = {each.pk: each for each in self.messages.all()}
        path: list[Message] = []
        last = leaf or self.leaf_id
        step = known.get(last) if last else None
        while step is not None:
            path.append(step)
            step = known.get(step.parent_id) if step.parent_id else None
        return path[::-1]

    def branch_through(self, message: Message) -> uuid.UUID:
        """The leaf of the branch that `message` is on: the newest child, down to the end."""
        children: dict[uuid.UUID | None, uuid.UUID] = {}
        for pk, parent in self.messages.order_by("created").values_list("pk", "parent_id"):
            children[parent] = pk
        leaf = message.pk
        while leaf in children:
            leaf = children[leaf]
        return leaf

    def news(self) -> None:
        """An answer ended; until somebody looks, its row in the sidebar says so."""
        Conversation.objects.filter(pk=self.pk).update(unseen=True, updated=timezone.now())

    def _known(self, client_id: uuid.UUID) -> Turn | None:
        asked = Message.objects.filter(owner_id=self.owner_id, client_id=client_id).first()
        if asked is None:
            return None
        answer = asked.children.order_by("created").first()
        return Turn(asked, answer, new=False) if answer else None

    def _must_be_free(self) -> None:
        if self.messages.running().exists():
            raise Busy

    def _answer_to(self, question: Message, language: str) -> Message:
        answer = Message.objects.create(
            conversation=self,
            owner_id=self.owner_id,
            parent=question,
            role=Role.ASSISTANT,
            state=State.PENDING,
            beat_at=Now(),
        )
        self._attempt(answer, 1, 0, language)
        self._moved_to(answer)
        return answer

    def _attempt(self, answer: Message, number: int, start: int, language: str) -> None:
        attempt = Attempt.objects.create(
            message=answer,
            number=number,
            start=start,
            language=language,
            deployment_id=self.deployment_id,
            system_text=self.prompt.render(self.prompt_values) if self.prompt else "",
            parameters=self.parameters,
        )
        if sources := self.sources.values_list("pk", flat=True):
            attempt.sources.add(*sources)

    def _moved_to(self, leaf: Message | None) -> None:
        """Something was asked: at `leaf`, or on the current branch."""
        self.leaf = leaf or self.leaf
        self.updated, self.unseen, self.archived = timezone.now(), False, False
        self.save(update_fields=["leaf", "updated", "unseen", "archived"])


def title_of(question: str) -> str:
    """The first line of a question with words in it, without Markdown signs, shortened to 80 characters."""
    lines = (re.sub(r"^[\s#>*`\-]+", "", line).strip() for line in question.splitlines())
    first = next((line for line in lines if line), question.strip())
    return Truncator(" ".join(first.split())).chars(80)
