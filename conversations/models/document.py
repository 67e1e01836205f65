"""A document of a collection: the file as it came, how far its reading has got, and its passages.

While a document is read its row is leased, as an answer is while it is written: `runner` names the process, `beat_at`
(the database's clock) says when it was last alive. A lease that is not renewed for LOST_AFTER is lost, and the document
is queued again; one that was lost TRIES times has killed its readers, and fails.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Reader
from conversations.models.collection import KEPT, Collection, Index, Term
from conversations.models.passage import Chunk, ChunkQuerySet, Vector, having
from conversations.models.stored import discard_file, stored

LOST_AFTER = timedelta(seconds=20)
TRIES = 3
SLICE = 500  # passages that are written in one transaction: SQLite has one writer at a time, and others wait for it


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

    def queue(self) -> None:
        """Read them again from the start, whatever they are doing."""
        fresh = {"state": Stage.QUEUED, "reason": "", "runner": "", "beat_at": None, "tries": 0}
        self.update(**fresh, queued=timezone.now())

    def purge(self) -> int:
        """Delete for good, with their files, what was thrown away long enough ago."""
        over, purged = self.filter(deleted__lt=timezone.now() - KEPT), 0
        for pk in list(over.values_list("pk", flat=True)):
            if document := over.filter(pk=pk).first():  # large ones take long: it may have been taken back meanwhile
                document.delete()
                purged += 1
        return purged


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
        chunks: ChunkQuerySet

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
        Document.objects.filter(pk=self.pk).queue()
        self.refresh_from_db()

    def rename(self, title: str) -> None:
        """Give it another title, and read it again, since its passages are found by that too."""
        self.title = " ".join(title.split())[:200]
        self.save(update_fields=["title"])
        self.queue()

    def throw_away(self) -> None:
        """Delete it: from now on nothing of it is found or counted; it can be taken back until it is purged."""
        self.hide()
        self._uncount()
        self.refresh_from_db()

    def hide(self) -> None:
        """From now on nothing of it is found; what is left of it is purged an hour later."""
        if Document.objects.filter(pk=self.pk, deleted=None).update(deleted=timezone.now()):
            self.collection.changed()

    def _uncount(self) -> None:
        while self._moved(None, -1):
            pass

    def take_back(self) -> None:
        """Undo `throw_away`; a name that a new document was given meanwhile gets a number."""
        title, stem, dot, ending = self.title, *_parted(self.filename)
        others, number = Document.objects.filter(collection=self.collection_id, deleted=None), 2
        while others.filter(filename=self.filename).exists():
            mark = f" ({number})"
            self.filename = f"{stem[: 255 - len(mark + dot + ending)]}{mark}{dot}{ending}"
            self.title, number = f"{title[: 200 - len(mark)]}{mark}", number + 1
        names = {"filename": self.filename, "title": self.title}
        while self._moved(self.collection_id, 1):
            pass
        if Document.objects.filter(pk=self.pk).exclude(deleted=None).update(deleted=None, **names):
            self.collection.changed()
            if self.waiting:
                self.queue()
        self.refresh_from_db()

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """For good, with its file: hidden at once, then its passages go in slices, and it last."""
        self.hide()
        self._uncount()
        while found := list(self.chunks.order_by("pk").values_list("pk", flat=True)[:SLICE]):
            Chunk.objects.filter(pk__in=found).delete()
        gone = super().delete(using, keep_parents)
        Term.forget(self.collection_id)
        return gone

    @transaction.atomic
    def _moved(self, collection: int | None, sign: int) -> bool:
        """Put some passages of a deleted document into `collection`, and count them; False if none is left elsewhere.

        The document is locked before the counts, as wherever both are written.
        """
        document = Document.objects.select_for_update().filter(pk=self.pk).exclude(deleted=None).first()
        if document is None:
            return False
        others = self.chunks.filter(collection__isnull=collection is not None).order_by("pk")
        found = Chunk.objects.filter(pk__in=list(others.values_list("pk", flat=True)[:SLICE]))
        Term.count(self.collection_id, having(found.filter(version=document.version).searched()), sign)
        return bool(found.update(collection=collection))

    def stage(self, runner: str, chunks: "list[Chunk]", index: Index | None, vectors: list[bytes]) -> bool:
        """Keep some passages of the next version, of which nobody finds any before `switch`; False: the lease is lost.

        `vectors` are of `index`; if the collection is no longer searched by that one, they are not wanted.
        """
        with transaction.atomic():
            if not self.progress(runner):
                return False
            for each in chunks:
                each.version = self.version + 1
            made = Chunk.objects.bulk_create(chunks, batch_size=SLICE)
            serving = Collection.objects.select_for_update().values_list("index", flat=True).get(pk=self.collection_id)
            if index is not None and index.pk == serving:
                rows = [Vector(chunk=each, index=index, value=value) for each, value in zip(made, vectors, strict=True)]
                Vector.keep(rows)
        return True

    @transaction.atomic
    def switch(self, runner: str, words: dict[str, int], **facts: Any) -> bool:
        """From now on what was staged is found, and nothing of the version before; False: the lease is lost.

        `words`: by how much the collection's counts change.
        """
        if not self.progress(runner, version=self.version + 1, **facts):
            return False
        Term.count(self.collection_id, words, 1)
        self.collection.changed()
        return True

    def tidy(self, runner: str) -> bool:
        """Remove some passages of other versions; False if there is none left, or the lease is lost."""
        others = self.chunks.exclude(version=models.F("document__version")).order_by("pk")
        found = list(others.values_list("pk", flat=True)[:SLICE])
        if not found:  # as for most: nothing is written
            return False
        with transaction.atomic():
            return self.progress(runner) and bool(Chunk.objects.filter(pk__in=found).delete())


def _parted(filename: str) -> tuple[str, str, str]:
    """“a.b.pdf” → “a.b”, “.”, “pdf”; a name without a point has no ending."""
    stem, dot, ending = filename.rpartition(".")
    return (stem, dot, ending) if stem else (filename, "", "")


@receiver(post_delete, sender=Document)
def discard(instance: Document, **_: Any) -> None:
    """The file goes with its document, whatever deleted that."""
    discard_file(instance.file)
