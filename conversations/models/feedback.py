"""What a person thinks of an answer: good or bad, and why."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.message import Message

LONGEST_COMMENT = 2000  # characters


class Reason(models.TextChoices):
    WRONG = "wrong", _("Not correct")
    INCOMPLETE = "incomplete", _("Not complete")
    BESIDE = "beside", _("Not what was asked")
    LONG = "long", _("Too long")
    OTHER = "other", _("Something else")


class Feedback(models.Model):
    """One for each answer, by the one who asked; changing one's mind changes it."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="feedback")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    good = models.BooleanField(_("good"))
    reason = models.CharField(_("reason"), max_length=16, blank=True, choices=Reason)
    comment = models.CharField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    shared = models.BooleanField(
        _("question shared"),
        default=False,
        help_text=_("Its person lets those who keep the sources read the question."),
    )
    given = models.DateTimeField(_("given"), auto_now=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-given"]

    def __str__(self) -> str:
        return f"{_('Good answer') if self.good else _('Bad answer')} · {self.given:%Y-%m-%d}"
