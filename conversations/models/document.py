"""A document of a collection: the file as it came, how far its reading has got, and its passages.

While a document is read its row is leased, as an answer is while it is written: `runner` names the process, `beat_at`
(the database's clock) says when it was last alive. A lease that is not renewed for LOST_AFTER is lost, and the document
is queued again; one that was lost TRIES times has killed its readers, and fails.
"""

import hashlib
import logging
import os
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Reader
from conversations.models.collection import KEPT, Collection, Index, Term

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(seconds=20)
TRIES = 3


class Stage(models.TextChoices):
    """How far the reading of a document has got."""

    QUEUED = "queued", _("queued")
    PARSING = "parsing", _("reading")
    EMBEDDING = "embedding", _("embedding")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


WORKING = (Stage.PARSING, Stage.EMBEDDING)
WAITING = (Stage.QUEUED, *WORKING)


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_reader(self, reader: Reader) -> Self:
        """Documents of collections that this person may read."""
        return self.filter(deleted=None, collection__in=Collection.objects.for_reader(reader))

    def lost(self) -> Self:
        """In work by their state, but nobody has renewed their lease."""
        return self.filter(state__in=WORKING, beat_at__lt=Now() - LOST_AFTER)

    def sweep(self) -> int:
        """Queue again what a dead process had in work; how many documents that were."""
        swept = 0
        for document in self.lost():
            fate = {"state": Stage.QUEUED} if document.tries < TRIES else {"state": Stage.FAILED, "reason": "lost"}
            swept += self.lost().filter(pk=document.pk).update(runner="", beat_at=None, **fate)
        return swept

    def next_for(self, runner: str) -> "Document | None":
        """Lease the oldest queued document; None if there is none, or another process was faster."""
        found = self.filter(state=Stage.QUEUED, deleted=None, collection__deleted=None).order_by("queued", "pk").first()
        if found is None or not found.take(runner):
            return None
        return self.get(pk=found.pk)

    def purge(self) -> int:
        """Delete for good, with their files, what was thrown away long enough ago."""
        gone = list(self.filter(deleted__lt=timezone.now() - KEPT).values_list("pk", flat=True))
        Document.objects.filter(pk__in=gone).delete()
        return len(gone)


class Document(models.Model):
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    filename = models.CharField(_("file name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=16, help_text="pdf, docx, … as it was recognised.")
    file = models.CharField(max_length=40, editable=False, help_text="Generated name in DATA_DIR/files.")
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, editable=False)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    chunks_count = models.PositiveIntegerField(_("passages"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=Stage, default=Stage.QUEUED)
    reason = models.CharField(max_length=40, blank=True, help_text="Code of what went wrong.")
    done = models.PositiveIntegerField(default=0, help_text="Pages read, or passages embedded, so far.")
    total = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(_("version"), default=0, help_text="0 until its passages are found.")
    read_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file its passages came from.")
    questions = models.ManyToManyField(
        "conversations.Message", related_name="attached", help_text="Asked with it, where it belongs to a conversation."
    )
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(_("created"), auto_now_add=True)
    updated = models.DateTimeField(_("updated"), default=timezone.now)
    deleted = models.DateTimeField(null=True, editable=False, help_text="Thrown away; purged an hour later.")

    queued = models.DateTimeField(default=timezone.now, editable=False)
    runner = models.CharField(max_length=32, blank=True, editable=False)
    beat_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = DocumentQuerySet.as_manager()

    if TYPE_CHECKING:
        chunks: RelatedManager["Chunk"]

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["title", "pk"]
        indexes = [
            models.Index("queued", condition=models.Q(state="queued"), name="document_queued"),
            models.Index("beat_at", condition=models.Q(state__in=["parsing", "embedding"]), name="document_working"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> Path:
        return stored(self.file)

    @property
    def waiting(self) -> bool:
        """Is it not done yet, so that who looks at it should look again?"""
        return self.state in WAITING

    def take(self, runner: str) -> bool:
        """Lease this queued document for `runner`; False if it is no longer there to be taken."""
        mine = Document.objects.filter(pk=self.pk, state=Stage.QUEUED, deleted=None)
        tries = models.F("tries") + 1
        taken = mine.update(state=Stage.PARSING, runner=runner, beat_at=Now(), tries=tries, done=0, total=0, reason="")
        return bool(taken)

    def progress(self, runner: str, **facts: Any) -> bool:
        """Save how far it has got and renew the lease; False if the lease was lost or the document is gone."""
        mine = Document.objects.filter(pk=self.pk, runner=runner, deleted=None, state__in=WORKING)
        return bool(mine.update(beat_at=Now(), **facts))

    def fail(self, runner: str, reason: str) -> bool:
        """What it had before stays searchable."""
        mine = Document.objects.filter(pk=self.pk, runner=runner, state__in=WORKING)
        return bool(mine.update(state=Stage.FAILED, reason=reason, runner="", beat_at=None))

    def queue(self) -> None:
        """Read it again from the start, whatever it is doing."""
        now = timezone.now()
        fresh = {"state": Stage.QUEUED, "reason": "", "runner": "", "beat_at": None, "tries": 0, "queued": now}
        Document.objects.filter(pk=self.pk).update(**fresh)
        self.refresh_from_db()

    def rename(self, title: str) -> None:
        """Give it another title, and read it again, since its passages are found by that too."""
        self.title = " ".join(title.split())[:200]
        self.save(update_fields=["title"])
        self.queue()

    @transaction.atomic
    def throw_away(self) -> None:
        """Delete it: from now on nothing of it is found or counted; it can be taken back until it is purged."""
        if Document.objects.filter(pk=self.pk, deleted=None).update(deleted=timezone.now()):
            self._count(-1)
            Chunk.objects.filter(document=self).update(collection=None)
            self.collection.changed()
        self.refresh_from_db()

    @transaction.atomic
    def take_back(self) -> None:
        if Document.objects.filter(pk=self.pk).exclude(deleted=None).update(deleted=None):
            Chunk.objects.filter(document=self).update(collection=self.collection_id)
            self._count(1)
            self.collection.changed()
            if self.waiting:
                self.queue()
        self.refresh_from_db()

    def _count(self, sign: int) -> None:
        found = self.chunks.values_list("titles", "words")
        Term.count(self.collection_id, having(f"{titles} {words}" for titles, words in found), sign)

    @transaction.atomic
    def swap(self, runner: str, chunks: "list[Chunk]", index: Index | None, vectors: list[bytes]) -> bool:
        """Put `chunks` in the place of those before, in one go; False if the lease was lost and nothing is changed."""
        if not self.progress(runner, version=models.F("version") + 1, chunks_count=len(chunks)):
            return False
        serving = Collection.objects.select_for_update().values_list("index", flat=True).get(pk=self.collection_id)
        if index is not None and index.pk != serving:  # switched meanwhile: the new one lacks these, and gets them
            index = None
        self._count(-1)
        self.chunks.all().delete()
        made = Chunk.objects.bulk_create(chunks, batch_size=500)
        if index is not None:
            rows = [Vector(chunk=chunk, index=index, value=value) for chunk, value in zip(made, vectors, strict=True)]
            Vector.objects.bulk_create(rows, batch_size=500)
        Term.count(self.collection_id, having(f"{each.titles} {each.words}" for each in made), 1)
        self.collection.changed()
        return True


class Chunk(models.Model):
    """A passage. `titles` and `words` are what is searched: of title and headings, and of the content."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="chunks")
    collection = models.ForeignKey(
        Collection, models.CASCADE, null=True, related_name="+", help_text="None: the document was thrown away."
    )
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    heading = models.TextField(blank=True, help_text="The path of headings, joined by “ › ”.")
    content = models.TextField()
    titles = models.TextField()
    words = models.TextField()

    class Meta:
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint("document", "position", name="chunk_position")]

    def __str__(self) -> str:
        return f"passage {self.position} of {self.document_id}"


class Vector(models.Model):
    """float32, little-endian, of length 1."""

    chunk = models.ForeignKey(Chunk, models.CASCADE, related_name="vectors")
    index = models.ForeignKey(Index, models.CASCADE, related_name="vectors")
    value = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("index", "chunk", name="vector_of_chunk")]

    def __str__(self) -> str:
        return f"vector of {self.chunk_id}"


def having(texts: Any) -> dict[str, int]:
    """Of each word, how many of `texts`, words joined by spaces, have it."""
    return Counter(word for text in texts for word in set(text.split()))


def stored(name: str) -> Path:
    """Where the file of a generated name is; names are never made of what people typed."""
    return Path(settings.DATA_DIR) / "files" / name[:2] / name


def store(content: bytes) -> tuple[str, str]:
    """Keep `content` under a new generated name: that name, and its SHA-256. Raises OSError, and leaves nothing."""
    name = uuid.uuid4().hex
    path = stored(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return name, hashlib.sha256(content).hexdigest()


@receiver(pre_delete, sender=Document)
def uncount(instance: Document, origin: Any, **_: Any) -> None:
    """What is deleted for good is counted no more; when the whole collection goes, so do its counts."""
    alone = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    if instance.deleted is None and alone is Document:
        instance._count(-1)
        instance.collection.changed()


@receiver(post_delete, sender=Document)
def discard(instance: Document, **_: Any) -> None:
    """The file goes with its document, whatever deleted that."""
    discard_file(instance.file)


def discard_file(name: str) -> None:
    """Remove a stored file once it is certain that no row needs it."""

    def remove() -> None:
        try:
            stored(name).unlink(missing_ok=True)
        except OSError:
            log.exception("The file %s of a deleted document could not be removed", name)

    transaction.on_commit(remove)
