"""Assistants: one choice instead of four – deployment, instructions, data sources and parameters under a name.

Fields are named as in the Assistants API, which served the same purpose. What an assistant is counts from the next
question; every answer keeps the words and parameters that it was given.
"""

from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Owned, OwnedQuerySet, Reader
from conversations.models.data_source import DataSource, DataSourceQuerySet
from conversations.models.deployment import Deployment
from conversations.models.group import nobody
from conversations.models.prompt import Prompt
from conversations.models.user import User

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from conversations.models.conversation import Conversation

MOST_STARTERS = 3


class AssistantQuerySet(OwnedQuerySet["Assistant"]):
    def for_reader(self, reader: Reader) -> Self:
        """Those that may be asked on this person's behalf, whose deployment they may ask too: grants are not lent."""
        return self.granted(reader).filter(enabled=True, deployment__in=Deployment.objects.for_reader(reader))

    def of(self, person: User) -> Self:
        """Those of which this person is the only owner: they are their data."""
        return self.filter(owners=person).exclude(owners__in=User.objects.exclude(pk=person.pk))


class Assistant(Owned):
    name = models.CharField(_("name"), max_length=256)
    description = models.CharField(_("description"), max_length=512, blank=True)
    prompt = models.OneToOneField(Prompt, models.PROTECT, editable=False, related_name="assistant")
    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="+", verbose_name=_("deployment"))
    sources = models.ManyToManyField(DataSource, blank=True, related_name="+", verbose_name=_("data sources"))
    parameters = models.JSONField(default=dict, blank=True, editable=False)
    starters = models.JSONField(_("starters"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    enabled = models.BooleanField(_("enabled"), default=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AssistantQuerySet.as_manager()

    if TYPE_CHECKING:
        conversations: RelatedManager[Conversation]

    audited = ("instructions", "parameters")

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def instructions(self) -> str:
        """What the model is told first, as it is now."""
        latest = self.prompt.latest if self.prompt_id else None
        return latest.text if latest else ""

    def write(self, instructions: str) -> None:
        """Save it with these instructions; a change of them is a new version of its prompt."""
        with transaction.atomic():
            if not self.prompt_id:
                self.prompt = Prompt.objects.create(name=self.name[:80])
            self.prompt.name = self.name[:80]
            self.prompt.save(update_fields=["name"])
            self.prompt.write(instructions)
            self.save()

    def keep_to(self, owner: User) -> None:
        """Its owner's alone, until somebody grants it to others."""
        self.owners.add(owner)
        self.groups.add(nobody())

    def remove(self) -> bool:
        """Delete it, with its instructions; one that conversations were held with is switched off, and is nobody's.

        Returns whether it is gone.
        """
        if gone := not self.conversations.exists():
            self.delete()
        else:
            self.enabled = False
            self.save(update_fields=["enabled"])
            self.owners.clear()
        return gone

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Its prompt goes with it, or it would be listed among the shared ones."""
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            self.prompt.delete()
        return gone

    def settle(self, conversation: "Conversation", deployment: Deployment) -> None:
        """From now on `conversation` is answered as this assistant is now, by `deployment`."""
        conversation.assistant, conversation.deployment = self, deployment
        conversation.prompt = self.prompt.latest if self.instructions.strip() else None
        conversation.prompt_values = {}
        taken = deployment.parameters()
        conversation.parameters = {name: value for name, value in self.parameters.items() if name in taken}
        conversation.save(update_fields=["assistant", "deployment", "prompt", "prompt_values", "parameters"])
        conversation.sources.set(self.sources_for(conversation.owner.reader()))

    def sources_for(self, reader: Reader) -> DataSourceQuerySet:
        """Of its sources those that this person may ask: an assistant lends nobody what it is given."""
        return DataSource.objects.for_reader(reader).filter(pk__in=self.sources.values("pk"))

    def clean(self) -> None:
        if not isinstance(self.starters, list) or len(self.starters) > MOST_STARTERS:
            raise ValidationError({"starters": _("Write at most three questions, one a line.")})


__all__ = ["Assistant", "AssistantQuerySet"]
