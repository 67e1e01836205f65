"""Vectors of passages: asked for in batches, tried again while that can help."""

import asyncio
from collections.abc import Awaitable, Callable

from conversations.completions.errors import CompletionError
from conversations.models import Chunk, Collection, Index, Reader
from conversations.retrieval.embedding import embed
from conversations.retrieval.local.vectors import packed

BATCH = 64
WAITS = (1.0, 5.0, 15.0)  # seconds before each further try
LONGEST_WAIT = 60.0  # that a deployment may ask for


async def embedded(
    texts: list[str], index: Index, told: Callable[[int], Awaitable[None]], reader: Reader | None = None
) -> list[bytes]:
    """A vector for each text, as rows keep them; `told` hears how many there are. Raises CompletionError.

    `reader`: who brought the texts.
    """
    found: list[bytes] = []
    for at in range(0, len(texts), BATCH):
        found += [packed(vector) for vector in await _patiently(texts[at : at + BATCH], index, reader)]
        await told(len(found))
    return found


def text_of(title: str, chunk: Chunk) -> str:
    """What of a passage is embedded: its content below title and headings."""
    return "\n".join(filter(None, (title, chunk.heading, chunk.content)))


def index_for(collection: Collection) -> Index | None:
    """The index that new passages need vectors for. A collection that is still empty gets its first one at once."""
    if (
        collection.index is None
        and collection.embedding is not None
        and not Chunk.objects.current().filter(collection=collection).exists()
    ):
        Collection.objects.filter(pk=collection.pk, index=None).update(index=collection.index_wanted())
        collection.index = Collection.objects.select_related("index__deployment").get(pk=collection.pk).index
    return collection.index


async def _patiently(texts: list[str], index: Index, reader: Reader | None) -> list[list[float]]:
    for wait in (*WAITS, None):
        try:
            return await embed(texts, index.deployment, reader=reader, input_type="document")
        except CompletionError as error:
            if wait is None or not error.retryable:
                raise
            asked = getattr(error, "retry_after", None)
            await asyncio.sleep(min(max(wait, asked or 0), LONGEST_WAIT))
    raise AssertionError("unreachable")
