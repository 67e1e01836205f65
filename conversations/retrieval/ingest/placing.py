"""A version's passages in the place of those before: written in slices, found all at once, and only if they are found.

SQLite has one writer at a time: after each slice others get as long as it took.
"""

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec

from django.db import models, transaction
from django.db.models.functions import Now

from conversations.models import Chunk, Document, Index
from conversations.models.document import SLICE
from conversations.models.passage import having
from conversations.retrieval.apart import apart
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.local import lexical

P = ParamSpec("P")


class Lost(Exception):
    """Somebody else has the document now, or it is gone: nothing more is to be done."""


async def place(
    document: Document, runner: str, chunks: list[Chunk], index: Index | None, vectors: list[bytes], pages: int
) -> None:
    """Let `chunks` be what is found of the document. Raises Unreadable if a search would not find it by them, or Lost.

    Then the version before is what it was.
    """
    await _tidied(document, runner)  # what a process that ended had begun
    try:
        for at in range(0, len(chunks), SLICE):
            end = at + SLICE
            if not await _fairly(document.stage, runner, chunks[at:end], index, vectors[at:end]):
                raise Lost
        if index is not None and vectors:
            await apart(Index.objects.filter(pk=index.pk).update)(dimensions=len(vectors[0]) // 4)
        words = await apart(_difference)(document, chunks)
        await apart(_switch)(document, runner, chunks, words, pages)
    finally:
        await _tidied(document, runner)


async def _fairly(write: Callable[P, bool], *given: P.args, **named: P.kwargs) -> bool:
    began = time.monotonic()
    done = await apart(write)(*given, **named)
    await asyncio.sleep(time.monotonic() - began)
    return done


async def _tidied(document: Document, runner: str) -> None:
    while await _fairly(document.tidy, runner):
        pass


def _difference(document: Document, chunks: list[Chunk]) -> dict[str, int]:
    """By how much the counts of the collection change, word by word."""
    words = having((each.titles, each.words) for each in chunks)
    words.subtract(having(document.chunks.current().searched()))
    return {word: count for word, count in words.items() if count}


@transaction.atomic
def _switch(document: Document, runner: str, chunks: list[Chunk], words: dict[str, int], pages: int) -> None:
    facts = {"chunks_count": len(chunks), "pages": pages, "read_sha256": models.F("sha256"), "updated": Now()}
    if not document.switch(runner, words, **facts):
        raise Lost
    if not found_again(document, chunks):
        raise Unreadable("not_found_again")  # and nothing has happened


def found_again(document: Document, chunks: list[Chunk]) -> bool:
    """Does a search find the passage that has most words by these? Whether others are better is not asked."""
    fullest = max(chunks, key=lambda each: len(set(each.words.split())))
    words = list(dict.fromkeys(f"{fullest.words} {fullest.titles}".split()))[:12]
    if not words:
        return True  # nothing in it that anybody could search for, such as a page of dashes
    return lexical.finds(fullest.pk, document.collection_id, words)
