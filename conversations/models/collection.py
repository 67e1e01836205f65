"""Collections: documents that are searched together, and who may read them.

A collection without groups is everybody's. One that belongs to a conversation holds the files attached there, is its
owner's alone and goes with it. Owners manage a collection without being administrators.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Owned, OwnedQuerySet, Reader
from conversations.models.deployment import Deployment
from conversations.models.user import User

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from conversations.models.document import Document

KEPT = timedelta(hours=1)  # after it was deleted
MANAGE = "conversations.manage_documents"


class CollectionQuerySet(OwnedQuerySet["Collection"]):
    def for_reader(self, reader: Reader) -> Self:
        """Those whose documents may answer this person's questions; everything else does not exist for them."""
        return self.granted(reader).filter(deleted=None)

    def _allowed(self, reader: Reader) -> Any:
        attached = models.Q(conversation__owner=reader.user_id, conversation__deleted=None)
        return (models.Q(conversation=None) & super()._allowed(reader)) | attached

    def managed_by(self, person: User) -> Self:
        """Those that this person may change: their own, or all of them by permission. Attached files are no part."""
        if not person.has_perm(MANAGE):
            return self.owned_by(person.reader()).filter(conversation=None)
        return self.filter(models.Exists(User.objects.filter(pk=person.pk, is_active=True)), conversation=None)

    def purge(self) -> int:
        """Delete for good, with their files, what was thrown away long enough ago."""
        gone = list(self.filter(deleted__lt=timezone.now() - KEPT).values_list("pk", flat=True))
        Collection.objects.filter(pk__in=gone).delete()
        return len(gone)


class Collection(Owned):
    name = models.CharField(_("name"), max_length=120, help_text=_("What people and data sources call it."))
    description = models.CharField(_("description"), max_length=400, blank=True)
    language = models.CharField(
        _("language"), max_length=8, blank=True, help_text=_("Of most documents, such as en, fr or ko.")
    )
    conversation = models.OneToOneField(
        "conversations.Conversation", models.CASCADE, null=True, blank=True, editable=False, related_name="files"
    )
    embedding = models.ForeignKey(
        Deployment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("embedding deployment"),
        help_text=_("Compares meanings beside words. Empty: words alone. A change builds a new index beside the old."),
    )
    index = models.ForeignKey("Index", models.SET_NULL, null=True, editable=False, related_name="+")
    version = models.PositiveBigIntegerField(default=0, editable=False, help_text="Grows with every change.")
    tended = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="The version at which it was found in order."
    )
    calibration = models.JSONField(null=True, editable=False, help_text="What signals of sureness mean here.")
    calibrated = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="How many passages it was learnt from."
    )
    deleted = models.DateTimeField(null=True, editable=False, help_text="Thrown away; purged an hour later.")
    created = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CollectionQuerySet.as_manager()

    if TYPE_CHECKING:
        documents: RelatedManager[Document]
        indexes: RelatedManager["Index"]

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ["name", "pk"]
        permissions = [("manage_documents", _("May manage the documents of all collections"))]
        constraints = [
            models.UniqueConstraint(
                "name",
                condition=models.Q(conversation=None, deleted=None),
                name="collection_name",
                violation_error_message=_("There is a collection of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outdated(self) -> bool:
        """Does its index lack, or come from another model than, the embedding that is wanted?"""
        if self.embedding is None:
            return self.index is not None
        return self.index is None or self.index.made_by != made_by(self.embedding)

    def index_wanted(self) -> "Index":
        """The index of the embedding that is wanted, made if there is none; who asks at the same time gets the same."""
        assert self.embedding
        wanted = {"collection": self, "made_by": made_by(self.embedding)}
        found = Index.objects.select_related("deployment")
        return found.get_or_create(**wanted, defaults={"deployment": self.embedding})[0]

    def changed(self) -> None:
        """Tell everything that is cached of this collection that it is outdated."""
        Collection.objects.filter(pk=self.pk).update(version=models.F("version") + 1)

    def throw_away(self) -> None:
        """Delete it: nothing of it is found any more; it can be taken back until it is purged."""
        self.hide()

    def hide(self) -> None:
        self.deleted = timezone.now()
        self.save(update_fields=["deleted"])

    def take_back(self) -> None:
        """Undo `throw_away`; a name that was given to another one meanwhile gets a number."""
        name, number = self.name, 2
        while Collection.objects.filter(name=self.name, conversation=None, deleted=None).exists():
            self.name, number = f"{name} ({number})", number + 1
        self.deleted = None
        self.save(update_fields=["deleted", "name"])


def made_by(deployment: Deployment) -> str:
    """What vectors must have in common to be compared: the deployment, and the model behind it."""
    return f"{deployment.name}:{deployment.model or deployment.name}:{deployment.endpoint}"


class Index(models.Model):
    """Vectors of one embedding model over a collection. A new one is built beside the one that is in use."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="indexes")
    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="+")
    made_by = models.CharField(max_length=800)
    dimensions = models.PositiveIntegerField(default=0)
    failed = models.CharField(max_length=40, blank=True, help_text="Code of the last error while it was built.")
    runner = models.CharField(max_length=32, blank=True)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("collection", "made_by", name="index_of_collection")]

    def __str__(self) -> str:
        return f"index {self.pk} of {self.collection_id}"


class Term(models.Model):
    """How many passages of a collection have a word."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="+")
    word = models.CharField(max_length=64)
    passages = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("collection", "word", name="term_of_collection")]

    def __str__(self) -> str:
        return f"{self.word}: {self.passages}"

    @classmethod
    def count(cls, collection: int, words: dict[str, int], sign: int, using: str = "default") -> None:
        """Add `words`, with the passages that have them, to a collection's counts, or with -1 take them away.

        In the order of the words, so that two transactions that do this never wait for each other.
        """
        rows = [(collection, word, sign * words[word]) for word in sorted(words)]
        with connections[using].cursor() as cursor:
            cursor.executemany(
                "INSERT INTO conversations_term (collection_id, word, passages) VALUES (%s, %s, %s) "
                "ON CONFLICT (collection_id, word) DO UPDATE "
                "SET passages = conversations_term.passages + excluded.passages",
                rows,
            )

    @classmethod
    def forget(cls, collection: int) -> None:
        """Remove the words that no passage has any more; those that others count just now are left for another time."""
        with transaction.atomic():
            none = cls.objects.filter(collection=collection, passages=0).select_for_update(skip_locked=True)
            cls.objects.filter(pk__in=list(none.values_list("pk", flat=True))).delete()

    @classmethod
    def having(cls, collections: Iterable[int], words: Iterable[str]) -> dict[str, int]:
        """Of each of `words`, how many passages of these collections have it."""
        rows = cls.objects.filter(collection__in=list(collections), word__in=list(words), passages__gt=0)
        return dict(rows.values_list("word").annotate(models.Sum("passages")))


__all__ = ["MANAGE", "Collection", "CollectionQuerySet", "Index", "Term", "made_by"]
