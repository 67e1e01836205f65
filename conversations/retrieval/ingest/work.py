"""One document through: read, cut, embedded, put in the place of what was there, and found again."""

import asyncio
import logging
import time

from conversations.completions.errors import CompletionError
from conversations.models import Chunk, Document, Reader, Stage
from conversations.retrieval.apart import apart
from conversations.retrieval.ingest import reading
from conversations.retrieval.ingest.chunks import PATH, Piece, pack
from conversations.retrieval.ingest.embedding import embedded, index_for, text_of
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.placing import Lost, place
from conversations.texts.words import terms

log = logging.getLogger(__name__)

TOLD = 0.3  # seconds between two saves of progress
MOST_PASSAGES = 50_000


async def ingest(document: Document, runner: str) -> None:
    """Take a leased document to *ready* or *failed*. A lease that is lost meanwhile ends the work quietly."""
    try:
        await _through(document, _Progress(document, runner), runner)
    except Lost:
        log.info("Document %s is no longer ours to read.", document.pk)
    except Unreadable as unreadable:
        await apart(document.fail)(runner, unreadable.reason)
    except CompletionError as error:
        log.warning("Document %s could not be embedded: %s", document.pk, error)
        await apart(document.fail)(runner, "embedding_failed")
    except OSError as error:
        log.warning("Document %s: its file could not be read: %s", document.pk, error.strerror)
        await apart(document.fail)(runner, "storage")


async def _through(document: Document, progress: "_Progress", runner: str) -> None:
    if not document.path.is_file():
        raise OSError(2, "the stored file is gone")
    blocks, pages = await reading.read(document.path, document.kind, progress.pages)
    pieces = await asyncio.to_thread(pack, blocks)
    if not pieces:
        raise Unreadable("empty")
    if len(pieces) > MOST_PASSAGES:
        raise Unreadable("too_large")
    chunks = await asyncio.to_thread(_chunks, document, pieces)
    index = await apart(index_for)(document.collection)
    vectors: list[bytes] = []
    if index is not None:
        await progress.must(state=Stage.EMBEDDING, done=0, total=len(chunks), pages=pages)
        texts = [text_of(document.title, each) for each in chunks]
        uploader = Reader(document.uploader_id) if document.uploader_id else None
        vectors = await embedded(texts, index, progress.passages, uploader)
    await place(document, runner, chunks, index, vectors, pages)
    if not await apart(_ready)(document, runner):
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
        if not await apart(self._document.progress)(self._runner, **facts):
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


def _ready(document: Document, runner: str) -> bool:
    ended = document.progress(runner, state=Stage.READY, reason="", done=0, total=0, tries=0)
    Document.objects.filter(pk=document.pk, runner=runner).update(runner="", beat_at=None)
    return ended
