"""Words and meanings together: a weighted sum of both, over the best of each.

Fusing by rank alone falls behind words alone where the words are those of the documents; this does not.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from conversations.models import Collection
from conversations.retrieval.local import lexical, vectors

DENSE = 0.35  # the weight of the cosine; words have the rest


class Found(NamedTuple):
    chunk: int
    score: float
    cosine: float | None = None


def find(
    collections: Sequence[Collection],
    words: Sequence[str],
    asked: Mapping[int, NDArray[np.float32]],
    limit: int,
) -> list[Found]:
    """The best passages. `words` empty: by meaning alone. `asked`: the question's vector, by collection.

    Raises ValueError if a vector is not as long as those of its collection.
    """
    compared = [vectors.compare(each, asked[each.pk]) for each in collections if each.pk in asked]
    worded = lexical.find([each.pk for each in collections], words, vectors.POOL) if words else []
    if not asked:
        return [Found(pk, score) for pk, score in worded[:limit]]
    pks = [pk for pk, _ in worded]
    near: dict[int, tuple[float, float]] = {}  # cosine, and where it lies between the worst and the best
    for cosines in compared:
        near |= _spread(cosines(pks))
    best = max((score for _, score in worded), default=0.0) or 1.0
    scores = dict(worded)
    share = DENSE if words else 1.0
    found = [
        Found(
            pk,
            (1 - share) * scores.get(pk, 0.0) / best + share * near.get(pk, (0.0, 0.0))[1],
            near[pk][0] if pk in near else None,
        )
        for pk in {*scores, *near}
    ]
    return sorted(found, key=lambda each: (-each.score, each.chunk))[:limit]


def _spread(cosines: vectors.Cosines) -> dict[int, tuple[float, float]]:
    low, high = min(cosines.values(), default=0.0), max(cosines.values(), default=0.0)
    span = (high - low) or 1.0
    return {pk: (cosine, (cosine - low) / span) for pk, cosine in cosines.items()}
