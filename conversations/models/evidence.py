"""What an answer was given to read, frozen with it, and which of its sentences rest on which passage."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.data_source import DataSource
from conversations.models.message import Message


class Evidence(models.Model):
    """A passage retrieved for an answer. `number` is the N of the text's [docN]; 0: the model never saw it.

    It belongs to the message: an answer that is continued goes on with the same documents under the same numbers.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(help_text="In the order of retrieval.")
    number = models.PositiveSmallIntegerField(default=0)
    source = models.ForeignKey(DataSource, models.SET_NULL, null=True, related_name="evidence")
    source_name = models.CharField(max_length=80)
    document = models.CharField(max_length=64, blank=True, db_index=True, help_text="Id of a document kept here.")
    version = models.CharField(max_length=64, blank=True, help_text="Hash of that document's content.")
    title = models.TextField(blank=True)
    url = models.TextField(blank=True)
    filepath = models.TextField(blank=True)
    chunk_id = models.TextField(blank=True)
    page = models.PositiveIntegerField(null=True)
    heading = models.TextField(blank=True)
    content = models.TextField(blank=True, help_text="Empty once it was purged.")
    purged = models.BooleanField(default=False)
    queries = models.JSONField(default=list)
    original_search_score = models.FloatField(null=True)
    rerank_score = models.FloatField(null=True)
    filter_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["position"]
        constraints = [models.UniqueConstraint("message", "position", name="evidence_position")]

    def __str__(self) -> str:
        return self.title or self.filepath or self.source_name


class Verdict(models.TextChoices):
    """Does the passage say what the sentence says?"""

    SUPPORTED = "supported", _("supported")
    WEAK = "weak", _("weakly supported")
    NOT_FOUND = "not_found", _("not found in the source")
    NOT_CHECKED = "not_checked", _("not checked")


class Citation(models.Model):
    """One mention of a passage in the text. `label` is the small number that people see: dense, by first mention."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField(help_text="Of the mention among all of the answer's, from 0.")
    label = models.PositiveSmallIntegerField()
    sentence = models.TextField(blank=True, help_text="What rests on it.")
    verdict = models.CharField(max_length=16, choices=Verdict, default=Verdict.NOT_CHECKED)
    start = models.PositiveIntegerField(null=True, help_text="Where in the content the support begins.")
    end = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.label}: {self.evidence}"
