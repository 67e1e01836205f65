"""Sentences against documents of another language, by vectors.

What a cosine means is the embedder's secret, so that no threshold on it holds. Only the order counts: the cited
document must have the window that is nearest to the sentence, among the windows of all documents of the answer.
"""

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from conversations.retrieval.base import Embed

Span = tuple[int, int]
Window = tuple[str, Span]  # text, and its characters in the document

MOST = 300  # windows that are embedded
NEAR = 0.02  # cosines that differ by less are the same
ALONE = 0.5  # cosine that a single document must have, as there is no other to compare it with
LEAST = 0.2  # below this the embedder sees nothing in common: it does not know one of the languages


async def across(
    said: Sequence[str], cited: Sequence[int], documents: Mapping[int, Sequence[Window]], embed: Embed
) -> list[tuple[str, Span | None]]:
    """For each sentence and the number of the document it cites: its verdict and by which window.

    Raises CompletionError.
    """
    windows = [(number, *each) for number, several in documents.items() for each in several][:MOST]
    vectors = await embed([*said, *(text for _, text, _ in windows)])
    return await asyncio.to_thread(_judged, vectors, cited, [(number, span) for number, _, span in windows])


def _judged(
    vectors: list[list[float]], cited: Sequence[int], windows: Sequence[tuple[int, Span]]
) -> list[tuple[str, Span | None]]:
    """`vectors`: those of the sentences, and then those of the windows."""
    given = np.asarray(vectors, dtype=np.float32)
    given /= np.maximum(np.linalg.norm(given, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    cosines = given[: len(cited)] @ given[len(cited) :].T
    documents = np.array([number for number, _ in windows])
    found: list[tuple[str, Span | None]] = []
    for near, number in zip(cosines, cited, strict=True):
        own = documents == number
        best = near.max(where=own, initial=0.0)
        if best < LEAST:
            found.append(("not_checked", None))
            continue
        others = near.max(where=~own, initial=-1.0)
        enough = best >= ALONE if own.all() else best + NEAR >= others
        found.append(("supported" if enough else "weak", windows[int(np.where(own, near, -1.0).argmax())][1]))
    return found
