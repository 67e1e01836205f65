"""One document through: read, cut, embedded, put in the place of what was there, and found again."""

import asyncio
import logging
import time

from channels.db import database_sync_to_async
from django.db import models

from conversations.completions.errors import CompletionError
from conversations.models import Chunk, Document, Index, Stage
from conversations.retrieval.ingest import reading
from conversations.retrieval.ingest.chunks import PATH, Piece, pack
from conversations.retrieval.ingest.embedding import embedded, index_for, text_of
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.local import lexical
from conversations.retrieval.words import terms

log = logging.getLogger(__name__)

TOLD = 0.3  # seconds between two saves of progress
MOST_PASSAGES = 50_000


class Lost(Exception):
    """Somebody else has the document now, or it is gone: nothing more is to be done."""


async def ingest(document: Document, runner: str) -> None:
    """Take a leased document to *ready* or *failed*. A lease that is lost meanwhile ends the work quietly."""
    try:
        await _through(document, _Progress(document, runner), runner)
    except Lost:
        log.info("Document %s is no longer ours to read.", document.pk)
    except Unreadable as unreadable:
        await _save(document.fail)(runner, unreadable.reason)
    except CompletionError as error:
        log.warning("Document %s could not be embedded: %s", document.pk, error)
        await _save(document.fail)(runner, "embedding_failed")
    except OSError as error:
        log.warning("Document %s: its file could not be read: %s", document.pk, error.strerror)
        await _save(document.fail)(runner, "storage")


async def _through(document: Document, progress: "_Progress", runner: str) -> None:
    if not document.path.is_file():
        raise OSError(2, "the stored file is gone")
    blocks, pages = await reading.read(document.path, document.kind, progress.pages)
    pieces = await asyncio.to_thread(pack, blocks)
    if not pieces:
        raise Unreadable("empty")
    if len(pieces) > MOST_PASSAGES:
        raise Unreadable("too_large")
    chunks = await _save(_chunks)(document, pieces)
    index = await _save(index_for)(document.collection)
    vectors: list[bytes] = []
    if index is not None:
        await progress.must(state=Stage.EMBEDDING, done=0, total=len(chunks), pages=pages)
        texts = [text_of(document.title, each) for each in chunks]
        vectors = await embedded(texts, index, progress.passages)
    if not await _save(_put)(document, runner, chunks, index, vectors):
        raise Lost
    if not await _save(found_again)(document, chunks):
        raise Unreadable("not_found_again")
    if not await _save(_ready)(document, runner, pages):
        raise Lost


class _Progress:
    """Says how far it is, but not too often; raises Lost when nobody wants to know any more."""

    def __init__(self, document: Document, runner: str) -> None:
        self._document, self._runner, self._told = document, runner, 0.0

    async def pages(self, done: int, total: int) -> None:
        await self._sometimes(done=done, total=total)

    async def passages(self, done: int) -> None:
        await self._sometimes(done=done)

    async def must(self, **facts: object) -> None:
        self._told = time.monotonic()
        if not await _save(self._document.progress)(self._runner, **facts):
            raise Lost

    async def _sometimes(self, **facts: int) -> None:
        if time.monotonic() - self._told >= TOLD:
            await self.must(**facts)


def _chunks(document: Document, pieces: list[Piece]) -> list[Chunk]:
    return [
        Chunk(
            document=document,
            collection_id=document.collection_id,
            position=position,
            page=each.page,
            heading=each.heading,
            content=each.content,
            titles=" ".join(terms(f"{document.title} {each.heading.replace(PATH, ' ')}")),
            words=" ".join(terms(each.content)),
        )
        for position, each in enumerate(pieces)
    ]


def _put(document: Document, runner: str, chunks: list[Chunk], index: Index | None, vectors: list[bytes]) -> bool:
    if not document.swap(runner, chunks, index, vectors):
        return False
    if index is not None and not index.dimensions and vectors:
        Index.objects.filter(pk=index.pk).update(dimensions=len(vectors[0]) // 4)
    return True


def found_again(document: Document, chunks: list[Chunk]) -> bool:
    """Does a search for the words of the passage that has most of them find the document?"""
    fullest = max(chunks, key=lambda each: len(set(each.words.split())))
    words = list(dict.fromkeys(f"{fullest.words} {fullest.titles}".split()))[:12]
    if not words:
        return True  # nothing in it that anybody could search for, such as a page of dashes
    found = [pk for pk, _ in lexical.find([document.collection_id], words, 50)]
    return Chunk.objects.filter(pk__in=found, document=document).exists()


def _ready(document: Document, runner: str, pages: int) -> bool:
    facts = {"state": Stage.READY, "reason": "", "pages": pages, "done": 0, "total": 0, "tries": 0}
    ended = document.progress(runner, **facts, read_sha256=models.F("sha256"), updated=models.functions.Now())
    Document.objects.filter(pk=document.pk, runner=runner).update(runner="", beat_at=None)
    return ended


_save = database_sync_to_async
