"""The adapter of `local` sources: collections of documents that this product keeps."""

import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from typing import cast

import numpy as np
from django.db import models
from numpy.typing import NDArray

from conversations.completions import data_sources
from conversations.completions.errors import CompletionError
from conversations.models import Chunk
from conversations.models import Collection as Kept
from conversations.retrieval.apart import apart
from conversations.retrieval.base import Hit, Setting, Stage
from conversations.retrieval.embedding import embed
from conversations.retrieval.errors import RetrievalError, SourceVectors
from conversations.retrieval.local import hybrid, lexical, vectors
from conversations.retrieval.signals import Calibration
from conversations.texts.words import asked

SAMPLE = 8  # words that *Test* looks for
Asked = dict[int, NDArray[np.float32]]


class Local:
    """Searches those collections of the source that the person may read, each with the model its vectors came from.

    Collections without vectors are searched by words alone, unless the source wants vectors only.
    """

    def __init__(self, setting: Setting) -> None:
        self._name = setting.name
        self._wanted = cast(data_sources.Local, setting.source.parameters)
        self._access = setting.access
        self._vectors: dict[tuple[str, str], NDArray[np.float32]] = {}

    async def search(self, query: str, limit: int) -> list[Hit]:
        collections = await apart(self._collections)()
        words = [] if self._wanted.query_type == "vector" else asked(query)
        vectors_of = {} if self._wanted.query_type == "simple" else await self._embedded(query, collections)
        if self._wanted.query_type == "vector" and not vectors_of and collections:
            raise SourceVectors(self._name, "its collections have no vectors; choose an embedding deployment for them.")
        return await apart(self._find)(collections, words, vectors_of, limit)

    async def widen(self, hits: list[Hit]) -> list[Hit]:
        return await apart(self._widen)(hits)

    async def beginning(self, limit: int) -> list[Hit]:
        return await apart(self._beginning)(limit)

    async def weights(self, words: Collection[str]) -> Mapping[str, float] | None:
        def read() -> Mapping[str, float]:
            return lexical.weights([each.pk for each in self._collections()], words)

        return await apart(read)()

    async def calibration(self) -> Calibration | None:
        """What sureness means here, as learnt from the largest of the collections; None: the defaults hold."""
        collections = await apart(self._collections)()
        known = [each.calibration for each in collections if each.calibration]
        return Calibration.read(known[0]) if known else None

    async def stages(self) -> AsyncIterator[Stage]:
        collections, began = await apart(self._collections)(), time.monotonic()
        if missing := set(self._wanted.collections) - {each.name for each in collections}:
            names = ", ".join(sorted(await apart(self._names)())) or "none"
            yield Stage("index", False, f"no collection “{min(missing)}” that you may read; there are: {names}")
            return
        count = await apart(lexical.passages)([each.pk for each in collections])
        yield Stage("index", True, f"{count:,} passages", _since(began))
        began = time.monotonic()
        try:
            found = await self._embedded("test", collections) if self._wanted.query_type != "simple" else {}
            if found:
                names = ", ".join(sorted({each.index.deployment.name for each in collections if each.index}))
                yield Stage("embedding", True, names, _since(began))
            began = time.monotonic()
            words = asked(await apart(self._sample)(collections))
            hits = await apart(self._find)(collections, words, found, 3)
        except RetrievalError as error:
            yield Stage("embedding" if "dimensions" not in str(error) else "dimensions", False, str(error))
            return
        if found:
            yield Stage("dimensions", True, ", ".join(sorted({str(len(each)) for each in found.values()})))
        if words and not hits:
            yield Stage("query", False, "a search for words of one of its documents found nothing; read them again.")
            return
        first = f", the first: {hits[0].title}" if hits else ""
        yield Stage("query", True, f"{len(hits)} found{first}", _since(began))

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _collections(self) -> list[Kept]:
        """The largest first. What the person may not read is not even looked for."""
        found = Kept.objects.filter(pk__in=self._access.collections, name__in=self._wanted.collections, deleted=None)
        size = models.Sum("documents__chunks_count", filter=models.Q(documents__deleted=None))
        return list(found.select_related("index__deployment").annotate(size=size).order_by("-size", "pk"))

    def _names(self) -> list[str]:
        found = Kept.objects.filter(pk__in=self._access.collections, deleted=None)
        return list(found.values_list("name", flat=True))

    def _sample(self, collections: list[Kept]) -> str:
        """Some words of a passage that is there, so that finding nothing proves something."""
        contents = Chunk.objects.current().filter(collection__in=collections, document__deleted=None)
        first = contents.order_by("pk").values_list("content", flat=True).first()
        return " ".join((first or "").split()[:SAMPLE])

    async def _embedded(self, query: str, collections: list[Kept]) -> Asked:
        """The vector of `query` for each collection that has some, by the deployment that made those."""
        found: Asked = {}
        for each in collections:
            if each.index is None:
                continue
            key = (each.index.made_by, query)
            if key not in self._vectors:
                try:
                    (vector,) = await embed(
                        [query], each.index.deployment, reader=self._access.reader, input_type="query"
                    )
                except CompletionError as error:
                    words = f"the embedding deployment “{each.index.deployment.name}” did not answer: {error}"
                    raise SourceVectors(self._name, words) from error
                self._vectors[key] = vectors.unit(vector)
            found[each.pk] = self._vectors[key]
        return found

    def _find(self, collections: list[Kept], words: list[str], asked_for: Asked, limit: int) -> list[Hit]:
        try:
            found = hybrid.find(collections, words, asked_for, limit)
        except ValueError as error:
            words_for = "the embedding deployment now makes vectors of other dimensions; index the collection again."
            raise SourceVectors(self._name, words_for) from error
        readable = [each.pk for each in collections]
        rows = (
            Chunk.objects.current().filter(collection__in=readable).select_related("document").defer("titles", "words")
        )
        chunks = rows.in_bulk([each.chunk for each in found])
        return [_hit(chunks[each.chunk], each) for each in found if each.chunk in chunks]

    def _beginning(self, limit: int) -> list[Hit]:
        found = Chunk.objects.current().filter(collection__in=[each.pk for each in self._collections()])
        rows = found.select_related("document").defer("titles", "words").order_by("position", "-document")[:limit]
        return [_hit(each) for each in sorted(rows, key=lambda each: (-each.document_id, each.position))]

    def _widen(self, hits: list[Hit]) -> list[Hit]:
        readable = Chunk.objects.current().filter(collection__in=[each.pk for each in self._collections()])
        rows = readable.filter(pk__in=[int(each.chunk_id or 0) for each in hits])
        places = {str(pk): (document, at) for pk, document, at in rows.values_list("pk", "document_id", "position")}
        wanted = models.Q(pk=None)
        for document, at in places.values():
            wanted |= models.Q(document=document, position__gte=at - 1, position__lte=at + 1)
        texts = {
            (document, at): content
            for document, at, content in readable.filter(wanted).values_list("document_id", "position", "content")
        }
        return [_widened(each, places.get(each.chunk_id or ""), texts) for each in hits]


def _widened(hit: Hit, place: tuple[int, int] | None, texts: dict[tuple[int, int], str]) -> Hit:
    if place is None:
        return hit
    document, at = place
    around = [texts[document, each] for each in (at - 1, at, at + 1) if (document, each) in texts]
    return replace(hit, around="\n\n".join(around))


def _hit(chunk: Chunk, found: hybrid.Found | None = None) -> Hit:
    return Hit(
        content=chunk.content,
        score=found.score if found else 0.0,
        title=chunk.document.title,
        filepath=chunk.document.filename,
        chunk_id=str(chunk.pk),
        cosine=found.cosine if found else None,
        page=chunk.page,
        heading=chunk.heading,
        document=str(chunk.document_id),
        version=chunk.document.read_sha256,
    )


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
