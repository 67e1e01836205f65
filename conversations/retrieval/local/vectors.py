"""Passages by their meaning: every vector of a collection in one matrix in memory, compared exactly.

A matrix is a copy of rows: it is asked for with the version of the collection, and what changed since is loaded. The
ones used last are kept. Of large collections PostgreSQL finds the nearest by itself, where it has pgvector.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Collection as Ids
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

import numpy as np
from django.db import models
from numpy.typing import NDArray

from conversations.models import Collection, Vector, near

POOL = 100  # nearest passages that are looked for
MOST = 1_500_000_000  # bytes of all matrices that are kept
AT_ONCE = 500  # rows of a query by their ids


class Matrix(NamedTuple):
    """A row of `values`, of length 1, for each of `ids`, which rise."""

    made: int  # the index
    version: int
    ids: NDArray[np.int64]
    values: NDArray[np.float32]


Cosines = Mapping[int, float]  # by passage
_comparing = ThreadPoolExecutor(2, thread_name_prefix="vectors")
_kept: OrderedDict[int, Matrix] = OrderedDict()
_lock = Lock()


def compare(collection: Collection, asked: NDArray[np.float32]) -> Callable[[Ids[int]], Cosines]:
    """Begin to compare; what is returned gives cosines of the nearest POOL and of those passages it is called with.

    Raises ValueError, or lets that raise it, if `asked` is not as long as the vectors of the collection.
    """
    index = collection.index_id or 0
    if near.serves(index):
        return lambda also: near.find(collection.pk, index, asked.astype("<f4").tobytes(), POOL, also)
    found = matrix(collection)
    if not len(found.ids):
        return lambda also: {}
    # In another thread, while the database looks for words: neither needs the interpreter.
    comparing = _comparing.submit(np.matmul, found.values, asked)
    return lambda also: _nearest(found, comparing.result(), also)


def matrix(collection: Collection) -> Matrix:
    """The vectors of its index as they are now; raises ValueError if they are not of one length."""
    assert collection.index_id
    with _lock:
        found = _kept.get(collection.pk)
    if found is None or (found.made, found.version) != (collection.index_id, collection.version):
        found = _load(collection, found if found and found.made == collection.index_id else None)
    with _lock:
        _kept[collection.pk] = found
        _kept.move_to_end(collection.pk)
        while len(_kept) > 1 and sum(each.values.nbytes for each in _kept.values()) > MOST:
            _kept.popitem(last=False)
    return found


def packed(vector: list[float]) -> bytes:
    """As a row keeps it: float32 of length 1."""
    return unit(vector).astype("<f4").tobytes()


def unit(vector: list[float]) -> NDArray[np.float32]:
    found = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(found))
    return found / length if length else found


def _nearest(matrix: Matrix, cosines: NDArray[np.float32], also: Ids[int]) -> Cosines:
    top = np.argpartition(cosines, -POOL)[-POOL:] if len(cosines) > POOL else np.arange(len(cosines))
    wanted = np.array(sorted(also), dtype=np.int64)
    others = np.minimum(np.searchsorted(matrix.ids, wanted), len(matrix.ids) - 1)
    places = np.union1d(top, others[matrix.ids[others] == wanted])
    return dict(zip(matrix.ids[places].tolist(), cosines[places].tolist(), strict=True))


def _load(collection: Collection, before: Matrix | None) -> Matrix:
    """All rows, or those that `before` does not have yet."""
    rows = Vector.objects.filter(index=collection.index_id, chunk__collection=collection.pk)
    rows = rows.filter(chunk__version=models.F("chunk__document__version"))
    if before is None:
        pairs = list(rows.values_list("chunk_id", "value").order_by("chunk_id"))
        ids = np.array([pk for pk, _ in pairs], dtype=np.int64)
        return Matrix(collection.index_id or 0, collection.version, ids, _values([value for _, value in pairs]))
    ids = np.array(sorted(rows.values_list("chunk_id", flat=True)), dtype=np.int64)
    new = np.setdiff1d(ids, before.ids).tolist()
    loaded: dict[int, bytes | memoryview] = {}
    for at in range(0, len(new), AT_ONCE):
        loaded |= dict(rows.filter(chunk__in=new[at : at + AT_ONCE]).values_list("chunk_id", "value"))
    stay = np.isin(before.ids, ids)
    there = np.concatenate([before.ids[stay], np.array(sorted(loaded), dtype=np.int64)])
    parts = [before.values[stay], _values([loaded[pk] for pk in sorted(loaded)])]
    values = np.concatenate([part for part in parts if len(part)]) if len(there) else parts[0]
    order = np.argsort(there, kind="stable")
    return Matrix(before.made, collection.version, there[order], values[order])


def _values(rows: Iterable[bytes | memoryview]) -> NDArray[np.float32]:
    parts = [bytes(row) for row in rows]
    if not parts:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(parts), dtype="<f4").reshape(len(parts), -1)
