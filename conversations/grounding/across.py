"""Sentences against documents of another language, by vectors.

What a cosine means is the embedder's secret, so that no threshold on it holds. Only the order counts: the cited
document must have the window that is nearest to the sentence, among the windows of all documents of the answer.
"""

import math
from collections.abc import Mapping, Sequence

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
    ours, theirs = vectors[: len(said)], vectors[len(said) :]
    found: list[tuple[str, Span | None]] = []
    for vector, number in zip(ours, cited, strict=True):
        near = [(_cosine(vector, other), each) for other, each in zip(theirs, windows, strict=True)]
        own = [(cosine, each[2]) for cosine, each in near if each[0] == number]
        others = [cosine for cosine, each in near if each[0] != number]
        best, span = max(own, default=(0.0, (0, 0)))
        if best < LEAST:
            found.append(("not_checked", None))
            continue
        enough = best + NEAR >= max(others) if others else best >= ALONE
        found.append(("supported" if enough else "weak", span))
    return found


def _cosine(one: Sequence[float], two: Sequence[float]) -> float:
    dot = sum(a * b for a, b in zip(one, two, strict=True))
    return dot / (math.hypot(*one) * math.hypot(*two) or 1.0)
