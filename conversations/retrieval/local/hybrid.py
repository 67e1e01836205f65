"""Words and meanings together: a weighted sum of both, over the best of each.

Fusing by rank alone falls behind words alone where the words are those of the documents; this does not.
"""

from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from conversations.models import Collection
from conversations.retrieval.local import lexical, vectors

DENSE = 0.35  # the weight of the cosine; words have the rest
POOL = 100  # of each
_comparing = ThreadPoolExecutor(2, thread_name_prefix="vectors")


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
    compared = [  # in another thread, while the database looks for words: neither needs the interpreter
        (matrix, _comparing.submit(np.matmul, matrix.values, asked[each.pk]))
        for each in collections
        if each.pk in asked and len((matrix := vectors.matrix(each)).ids)
    ]
    worded = lexical.find([each.pk for each in collections], words, POOL) if words else []
    if not asked:
        return [Found(pk, score) for pk, score in worded[:limit]]
    pks = [pk for pk, _ in worded]
    near: dict[int, tuple[float, float]] = {}  # cosine, and where it lies between the worst and the best
    for matrix, cosines in compared:
        near |= _near(matrix, cosines.result(), pks)
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


def _near(matrix: vectors.Matrix, cosines: NDArray[np.float32], also: Ids[int]) -> dict[int, tuple[float, float]]:
    """The nearest POOL passages and those of `also`, by id."""
    top = np.argpartition(cosines, -POOL)[-POOL:] if len(cosines) > POOL else np.arange(len(cosines))
    wanted = np.array(sorted(also), dtype=np.int64)
    others = np.minimum(np.searchsorted(matrix.ids, wanted), len(matrix.ids) - 1)
    others = others[matrix.ids[others] == wanted]
    places = np.union1d(top, others)
    low, high = float(cosines[places].min()), float(cosines[places].max())
    span = (high - low) or 1.0
    return {int(matrix.ids[at]): (float(cosines[at]), (float(cosines[at]) - low) / span) for at in places}
