"""What an answer was given to read, frozen with it, and which of its sentences rest on which passage."""

from collections.abc import Callable
from typing import Any, Self

from django.db import models, transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Reader
from conversations.models.collection import Collection
from conversations.models.data_source import DataSource
from conversations.models.document import Document
from conversations.models.group import ExternalGroup
from conversations.models.message import Message


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def for_reader(self, reader: Reader) -> Self:
        """Passages that this person may read now; evidence outlives the right to read it.

        The source must be granted, and of a document kept here the collection. Of an index whose documents have
        different readers, only the store knows which of a person's groups let a passage through: all that the person
        had then are needed still. Who lost any of these sees neither the passage nor what it is called; of a
        collection that is gone nobody does.
        """
        sources = DataSource.objects.citable(reader).order_by()
        lost = Badge.objects.filter(message=models.OuterRef("message")).exclude(
            external_id__in=ExternalGroup.objects.held_by(reader).values("external_id")
        )
        open = models.Q(source=None) | models.Q(source__in=sources.filter(access_filter=""))
        let_through = models.Q(models.Q(source__in=sources) & ~models.Exists(lost), filtered=True)
        kept = models.Q(document="") | models.Q(collection__in=Collection.objects.for_reader(reader).order_by())
        return self.filter(models.Q(open, filtered=False) | let_through, kept)

    def of(self, origin: DataSource | Collection | Document) -> Self:
        """What answers were given of it."""
        if isinstance(origin, Document):
            return self.filter(document=str(origin.pk), collection=origin.collection_id)
        return self.filter(source=origin) if isinstance(origin, DataSource) else self.filter(collection=origin)

    def answers(self) -> int:
        """In how many answers these are cited."""
        return self.filter(citations__isnull=False).values("message").distinct().count()

    def purge(self) -> int:
        """Take the passages out of all answers, for good; that there was one, its title and its date stay."""
        Citation.objects.filter(evidence__in=self).update(start=None, end=None)
        return self.filter(purged=False).update(content="", heading="", purged=True)


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
    collection = models.ForeignKey(
        Collection, models.SET_NULL, null=True, related_name="+", help_text="That document's: who may read it."
    )
    version = models.CharField(max_length=64, blank=True, help_text="Hash of that document's content.")
    title = models.TextField(blank=True)
    url = models.TextField(blank=True)
    filepath = models.TextField(blank=True)
    chunk_id = models.TextField(blank=True)
    page = models.PositiveIntegerField(null=True)
    heading = models.TextField(blank=True)
    content = models.TextField(blank=True, help_text="Empty once it was purged.")
    purged = models.BooleanField(default=False)
    filtered = models.BooleanField(default=False, help_text="An access filter let it through, for its answer's badges.")
    queries = models.JSONField(default=list)
    original_search_score = models.FloatField(null=True)
    rerank_score = models.FloatField(null=True)
    filter_reason = models.CharField(max_length=16, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["position"]
        constraints = [models.UniqueConstraint("message", "position", name="evidence_position")]

    def __str__(self) -> str:
        return self.title or self.filepath or self.source_name

    @property
    def since(self) -> str:
        """What became of where it was found: "changed", "gone", or nothing that is known."""
        if self.source and self.source.retired:
            return "gone"
        if not self.document:
            return ""
        kept = Document.objects.filter(pk=self.document, deleted=None, collection__deleted=None)
        now = kept.values_list("read_sha256", flat=True).first()
        return "gone" if now is None else "changed" if self.version != now else ""


class Badge(models.Model):
    """A group, by its external id, that a person held when an access filter let passages of an answer through."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="badges")
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint("message", "external_id", name="badge_of_message")]

    def __str__(self) -> str:
        return f"{self.external_id} for {self.message_id}"


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


def erase(origin: Document | Collection, noted: Callable[[], object] = lambda: None) -> None:
    """Delete it at once and for good, with its words wherever they are evidence.

    In one transaction it is hidden, its words are taken out of answers, and `noted` says so; then it goes, in several
    if it is a large document. If the process ends in between, what is left of it goes an hour later.
    """
    with transaction.atomic():
        origin.hide()
        Evidence.objects.of(origin).purge()
        noted()
    origin.delete()


@receiver(pre_delete, sender=DataSource)
@receiver(pre_delete, sender=Collection)
def forget(instance: DataSource | Collection, **_: Any) -> None:
    """Nobody can say any more who may read what was cited of it: to keep that, a source is retired instead."""
    Evidence.objects.of(instance).purge()
