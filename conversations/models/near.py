"""Where PostgreSQL has pgvector: nearest vectors from an HNSW index in the database, instead of a matrix in memory.

The rows of Vector have another column then, `embedding`, which Django's models do not know: it is made after each
`migrate`, if the extension is there or can be made. An index of vectors is searched in this way once it is large
enough to be worth one (WORTH), has an HNSW index of its own, and all its rows are in that.
"""

import logging
from collections.abc import Collection as Ids
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from struct import unpack
from typing import Any

from django.db import Error, connections, transaction
from django.db.backends.utils import CursorWrapper

log = logging.getLogger(__name__)

OLDEST = 8  # of 0.x: the first whose scans go on until enough rows have passed the filter
WORTH = 64_000_000  # bytes of all vectors: below that, comparing all of them in memory is faster, and costs little
PLAIN, HALF = 2_000, 4_000  # the most dimensions that an HNSW index takes as float32, and as float16
SEARCHED = 200  # candidates of a scan; recall 1.0 in 100,000 vectors of 384 dimensions
SLICE = 500
LOCK = 7_210_115  # of whoever makes or drops indexes
NAME = "conversations_vector_hnsw_"
UNFILLED = """
CREATE INDEX IF NOT EXISTS conversations_vector_unfilled ON conversations_vector (index_id) WHERE embedding IS NULL
"""
NEAREST = """
SELECT near.chunk_id, 1 - (near.embedding::{kind} <=> %s::{kind})
FROM conversations_vector near
JOIN conversations_chunk chunk ON chunk.id = near.chunk_id
JOIN conversations_document document ON document.id = chunk.document_id
WHERE near.index_id = {index} AND chunk.collection_id = %s AND chunk.version = document.version
ORDER BY near.embedding::{kind} <=> %s::{kind} LIMIT %s
"""
THESE = """
SELECT chunk_id, 1 - (embedding <=> %s::vector) FROM conversations_vector
WHERE index_id = %s AND chunk_id = ANY(%s)
"""
Row = tuple[int, int, bytes]  # chunk, index, value
_served: set[int] = set()


def prepare(using: str = "default", **_: Any) -> None:
    """After `migrate`: make the column, if pgvector is there or this user may create it."""
    if connections[using].vendor != "postgresql" or there(using):
        return
    try:
        with transaction.atomic(using), connections[using].cursor() as cursor:
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            found = cursor.fetchone()
            if found is None or _older(found[0]):
                return
            cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
            cursor.execute("ALTER TABLE conversations_vector ADD COLUMN IF NOT EXISTS embedding vector")
            cursor.execute(UNFILLED)
            cursor.execute("UPDATE conversations_collection SET tended = 0")
    except Error as error:
        log.warning("pgvector is there, but cannot be used; vectors are compared in memory: %s", str(error).strip())


def there(using: str = "default") -> bool:
    """Has the database the column?"""
    if connections[using].vendor != "postgresql":
        return False
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_attribute WHERE attrelid = to_regclass('conversations_vector') AND attname = 'embedding'"
        )
        return cursor.fetchone() is not None


def keep(rows: list[Row]) -> None:
    """Insert rows of Vector with both columns; those that are there already stay."""
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_vector (chunk_id, index_id, value, embedding) VALUES (%s, %s, %s, %s::vector) "
            "ON CONFLICT (index_id, chunk_id) DO NOTHING",
            [(chunk, index, value, _text(value)) for chunk, index, value in rows],
        )


def tend(index: int | None, dimensions: int) -> None:
    """Fill the column where it is empty, make the index's HNSW index if it is worth one, drop those of others."""
    if not there():
        return
    with _alone() as cursor:
        if cursor is None:
            return
        cursor.execute(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index "
            "WHERE indrelid = 'conversations_vector'::regclass AND indexrelid::regclass::text LIKE %s",
            [f"{NAME}%"],
        )
        made = {int(name.removeprefix(NAME)): valid for name, valid in cursor.fetchall()}
        cursor.execute("SELECT id FROM conversations_index")
        living = {pk for (pk,) in cursor.fetchall()}
        for pk in [pk for pk, valid in made.items() if pk not in living or not valid]:
            cursor.execute(f"DROP INDEX {_concurrently()} IF EXISTS {NAME}{pk}")
            made.pop(pk)
        if index is None or index not in living:
            return
        _fill(cursor, index)
        if index not in made and 0 < dimensions <= HALF and _worth(cursor, index, dimensions):
            kind = _kind(dimensions)
            operators = f"{kind.partition('(')[0]}_cosine_ops"
            cursor.execute(
                f"CREATE INDEX {_concurrently()} {NAME}{index} ON conversations_vector "
                f"USING hnsw ((embedding::{kind}) {operators}) WHERE index_id = {index}"
            )


def serves(index: int) -> bool:
    """Are this index's vectors found by the database?"""
    if index not in _served and connections["default"].vendor == "postgresql":
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid", [f"{NAME}{int(index)}"]
            )
            if cursor.fetchone() is not None:
                _served.add(index)
    return index in _served


def find(collection: int, index: int, asked: bytes, limit: int, also: Ids[int]) -> Mapping[int, float]:
    """Cosines of the `limit` nearest passages of a collection and of those of `also` that have a vector, by id.

    `asked` is as Vector keeps it. Raises ValueError if it is not as long as the index's vectors.
    """
    kind, text = _kind(len(asked) // 4), _text(asked)
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT dimensions FROM conversations_index WHERE id = %s", [index])
        if cursor.fetchone() not in {None, (len(asked) // 4,)}:
            raise ValueError("vectors of other dimensions")
        cursor.execute(f"SET LOCAL hnsw.ef_search = {SEARCHED}")
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        cursor.execute(NEAREST.format(kind=kind, index=index), [text, collection, text, limit])
        found = dict(cursor.fetchall())
        cursor.execute(THESE, [text, index, [pk for pk in also if pk not in found]])
        return found | dict(cursor.fetchall())


@contextmanager
def _alone() -> Iterator[CursorWrapper | None]:
    """A cursor for changes of indexes, unless another process is at it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone()
        try:
            yield cursor if mine else None
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _fill(cursor: CursorWrapper, index: int) -> None:
    """Rows from before the column was there, or of a process that did not know it."""
    empty = "SELECT id, value FROM conversations_vector WHERE index_id = %s AND embedding IS NULL LIMIT %s"
    while True:
        cursor.execute(empty, [index, SLICE])
        if not (rows := cursor.fetchall()):
            return
        cursor.executemany(
            "UPDATE conversations_vector SET embedding = %s::vector WHERE id = %s",
            [(_text(bytes(value)), pk) for pk, value in rows],
        )


def _worth(cursor: CursorWrapper, index: int, dimensions: int) -> bool:
    many = -(-WORTH // (4 * dimensions))
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM conversations_vector WHERE index_id = %s LIMIT %s) AS few", [index, many]
    )
    return bool(cursor.fetchone()[0] >= many)


def _concurrently() -> str:
    """Others go on writing meanwhile; only inside of a transaction that cannot be."""
    return "" if connections["default"].in_atomic_block else "CONCURRENTLY"


def _kind(dimensions: int) -> str:
    return f"{'vector' if dimensions <= PLAIN else 'halfvec'}({dimensions})"


def _text(value: bytes) -> str:
    """As pgvector reads it, from float32, little-endian."""
    return "[" + ",".join(f"{each:.8g}" for each in unpack(f"<{len(value) // 4}f", value)) + "]"


def _older(version: str) -> bool:
    major, minor = (int(each) for each in version.split(".")[:2])
    return major == 0 and minor < OLDEST
