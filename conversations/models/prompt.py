"""System prompts: versioned, so that an answer keeps the words it was given."""

import re
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Granted, GrantedQuerySet
from conversations.models.user import User

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class PromptQuerySet(GrantedQuerySet["Prompt"]):
    def for_user(self, user: User) -> Self:
        """This person's own prompts and those that are shared with them, without the instructions of assistants."""
        mine = models.Q(owner=None) | models.Q(owner_id=user.pk)
        return self.granted(user.reader()).filter(mine, assistant=None)


class Prompt(Granted):
    """A name for a line of versions. Without an owner it is shared, with those whom it is granted to."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="prompts",
        verbose_name=_("owner"),
        help_text=_("Empty: shared."),
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = PromptQuerySet.as_manager()

    audited = ("text",)

    class Meta:
        verbose_name = _("system prompt")
        verbose_name_plural = _("system prompts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> "PromptVersion | None":
        return self.versions.order_by("-number").first()

    @property
    def text(self) -> str:
        """What it says now."""
        return self.latest.text if self.latest else ""

    def write(self, text: str) -> "PromptVersion":
        """The version that holds `text`: the latest if nothing changed, else a new one."""
        with transaction.atomic():
            latest = Prompt.objects.select_for_update().get(pk=self.pk).latest
            if latest and latest.text == text:
                return latest
            return self.versions.create(number=latest.number + 1 if latest else 1, text=text)


class PromptVersionQuerySet(models.QuerySet["PromptVersion"]):
    def newest(self) -> Self:
        """Of each prompt the latest version."""
        later = PromptVersion.objects.filter(prompt=models.OuterRef("prompt"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(later))


class PromptVersion(models.Model):
    """Never edited: a change is a new version, and counts from the next question."""

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    created = models.DateTimeField(auto_now_add=True)

    objects = PromptVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a system prompt")
        verbose_name_plural = _("versions of system prompts")
        constraints = [models.UniqueConstraint("prompt", "number", name="prompt_version_number")]

    def __str__(self) -> str:
        return f"{self.prompt} ({self.number})"

    @property
    def variables(self) -> list[str]:
        """Names written as `{{name}}`, in order of first use."""
        return list(dict.fromkeys(VARIABLE.findall(self.text)))

    def render(self, values: dict[str, str]) -> str:
        """The text with its variables filled in; one without a value is left empty."""
        return VARIABLE.sub(lambda match: str(values.get(match[1], "")), self.text)
