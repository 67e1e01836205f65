"""Passages of documents, and their vectors.

A document keeps the passages of the version that is found, and for a while those of the next, which are being written,
or of the one before, which are being removed.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from django.db import models

from conversations.models import near
from conversations.models.collection import Collection, Index


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def current(self) -> Self:
        """Those that are found: of the version that their document is at, unless it was thrown away."""
        return self.filter(version=models.F("document__version"), document__deleted=None)

    def searched(self) -> Iterable[tuple[str, str]]:
        """Titles and words of each, in no order."""
        return self.order_by().values_list("titles", "words").iterator()


class Chunk(models.Model):
    """A passage. `titles` and `words` are what is searched: of title and headings, and of the content."""

    document = models.ForeignKey("Document", models.CASCADE, related_name="chunks")
    collection = models.ForeignKey(
        Collection, models.CASCADE, null=True, related_name="+", help_text="None: the document was thrown away."
    )
    version = models.PositiveIntegerField(
        null=True, help_text="The document's that it belongs to; it is found while the document is at that one."
    )
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    heading = models.TextField(blank=True, help_text="The path of headings, joined by “ › ”.")
    content = models.TextField()
    titles = models.TextField()
    words = models.TextField()

    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["document", "position"]
        constraints = [models.UniqueConstraint("document", "version", "position", name="chunk_place")]

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

    @staticmethod
    def keep(rows: "list[Vector]") -> None:
        """Insert them; where an index has one of a passage already, that one stays."""
        if near.there():
            near.keep([(each.chunk_id, each.index_id, bytes(each.value)) for each in rows])
        else:
            Vector.objects.bulk_create(rows, batch_size=near.SLICE, ignore_conflicts=True)


def having(passages: Iterable[tuple[str, str]]) -> Counter[str]:
    """Of each word, how many of these passages' titles and words have it."""
    return Counter(word for titles, words in passages for word in {*titles.split(), *words.split()})
