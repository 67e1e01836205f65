"""The retrieval benchmark on our own store: `python -m tests.benchmarks.retrieval --store tests.benchmarks.kept:local`.

On SQLite in a temporary folder, by words, or with `--embedder` by both; passages of one title are one document.
"""

import atexit
import dataclasses
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import cache

from conversations.retrieval import Hit
from conversations.texts.words import terms


@cache
def ready() -> None:
    """Django on a database that is gone when the process is."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "chatapp.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


async def local(passages: Sequence[Hit], embedder: str = ""):
    """A retriever of a collection that holds `passages`, calibrated as after reading them.

    `embedder`: base URL of an OpenAI-compatible deployment that makes its vectors.
    """
    from asgiref.sync import sync_to_async

    await sync_to_async(ready)()
    from conversations.completions import data_sources
    from conversations.models import Collection
    from conversations.retrieval.base import Access, Setting
    from conversations.retrieval.ingest.building import build
    from conversations.retrieval.ingest.calibrating import calibrate
    from conversations.retrieval.local import Local

    collection, ids = await sync_to_async(_fill)(passages, embedder)
    if embedder:
        await build(collection, "benchmark")
        collection = await Collection.objects.select_related("index__deployment").aget(pk=collection.pk)
    await calibrate(collection, len(passages))

    class Named(Local):
        """Its passages have the benchmark's ids."""

        async def search(self, query: str, limit: int) -> list[Hit]:
            found = await super().search(query, limit)
            return [dataclasses.replace(each, chunk_id=ids[each.chunk_id or ""]) for each in found]

        async def widen(self, hits: list[Hit]) -> list[Hit]:
            return hits

    source = data_sources.read({"type": "local", "parameters": {"collections": [collection.name]}})
    return Named(Setting("Benchmark", source, Access(collections=frozenset({collection.pk}))))


def _fill(passages: Sequence[Hit], embedder: str):
    from conversations.models import Chunk, Collection, Deployment, Stage, Term
    from tests.factories import make_deployment

    collection = Collection.objects.create(name=f"Benchmark {Collection.objects.count()}")
    if embedder:
        known = Deployment.objects.filter(name="embedder").first()
        collection.embedding = known or make_deployment("embedder", address=embedder)
        collection.save()
    counts: Counter[str] = Counter()
    rows, documents = [], {}
    for at, each in enumerate(passages):
        title = each.title or ""
        if title not in documents:
            count = sum((one.title or "") == title for one in passages)
            facts = {
                "filename": f"{at}.txt",
                "kind": "txt",
                "file": f"{collection.pk}-{at}",
                "size": 1,
                "sha256": f"{at}",
            }
            documents[title] = collection.documents.create(
                title=title, chunks_count=count, version=1, state=Stage.READY, **facts
            )
        titles, words = terms(title), terms(each.content)
        counts.update(set(titles) | set(words))
        rows.append(
            Chunk(
                document=documents[title],
                collection=collection,
                version=1,
                position=at,
                content=each.content,
                titles=" ".join(titles),
                words=" ".join(words),
            )
        )
    made = Chunk.objects.bulk_create(rows, batch_size=500)
    Term.count(collection.pk, counts, 1)
    return collection, {str(row.pk): each.chunk_id for row, each in zip(made, passages, strict=True)}
