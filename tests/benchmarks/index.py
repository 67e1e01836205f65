"""Our own documents at size: `python -m tests.benchmarks.index`.

100,000 passages of invented words, as often as words are in texts, with vectors of 256 numbers, on SQLite in a
temporary folder: times of one search without the question's embedding, and the memory of the matrix. Then a PDF of 50
pages from upload to found. One core's worth of BLAS, as the server has it. With DATABASE_URL on that database, which
`python -m tests.pgvector tests.benchmarks.index` sets to one that has pgvector.
"""

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # imported where settings are known, and after the threads of BLAS
    import numpy as np

    from conversations.models import Collection

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

WORDS, DIMENSIONS, LENGTH = 60_000, 256, 90


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "chatapp.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        asyncio.run(upload())
        measure(options)


def memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def measure(options: argparse.Namespace) -> None:
    import numpy as np

    from conversations.models import near
    from conversations.retrieval.local import hybrid, lexical, vectors

    chance = np.random.default_rng(7)
    often = 1 / np.arange(1, WORDS + 1)
    often /= often.sum()
    began = time.perf_counter()
    collection = fill(options.passages, chance, often)
    print(f"{options.passages:,} passages stored in {time.perf_counter() - began:.0f} s")
    before, began = memory(), time.perf_counter()
    if near.there():
        near.tend(collection.index_id, DIMENSIONS)
        print(f"HNSW index made in {time.perf_counter() - began:.1f} s\n")
    else:
        vectors.matrix(collection)
        print(f"matrix loaded in {time.perf_counter() - began:.2f} s, {memory() - before:.0f} MB\n")
    questions = [[f"w{each}" for each in chance.choice(WORDS, size=6, p=often)] for _ in range(options.times)]
    asked = [vectors.unit(list(chance.standard_normal(DIMENSIONS))) for _ in questions]
    print("| | p50 ms | p95 ms |\n|---|---|---|")
    ways: dict[str, Callable[[int], object]] = {
        "words": lambda at: lexical.find([collection.pk], questions[at], 100),
        "vectors": lambda at: hybrid.find([collection], [], {collection.pk: asked[at]}, 10),
        "both": lambda at: hybrid.find([collection], questions[at], {collection.pk: asked[at]}, 10),
    }
    for name, way in ways.items():
        times = []
        for at in range(options.times):
            began = time.perf_counter()
            way(at)
            times.append((time.perf_counter() - began) * 1000)
        times.sort()
        print(f"| {name} | {statistics.median(times):.1f} | {times[int(len(times) * 0.95) - 1]:.1f} |")


def fill(passages: int, chance: "np.random.Generator", often: "np.ndarray[Any, Any]") -> "Collection":
    """A collection as reading leaves it, and its counts."""
    import numpy as np

    from conversations.models import Chunk, Collection, Index, Stage, Term, Vector
    from tests.factories import make_deployment

    deployment = make_deployment("embedder", kind="offline")
    collection = Collection.objects.create(name="Large", embedding=deployment)
    collection.index = Index.objects.create(
        collection=collection, deployment=deployment, made_by="benchmark", dimensions=DIMENSIONS
    )
    collection.save()
    counts: dict[str, int] = {}
    for at in range(0, passages, 1000):
        facts = {"filename": f"{at}.txt", "kind": "txt", "file": f"{at}", "size": 1, "sha256": "", "state": Stage.READY}
        document = collection.documents.create(title=f"{at}", chunks_count=1000, version=1, **facts)
        texts = [[f"w{each}" for each in row] for row in chance.choice(WORDS, size=(1000, LENGTH), p=often)]
        rows = [
            Chunk(
                document=document,
                collection=collection,
                version=1,
                position=n,
                content="x",
                titles="",
                words=" ".join(text),
            )
            for n, text in enumerate(texts)
        ]
        made = Chunk.objects.bulk_create(rows, batch_size=500)
        values = chance.standard_normal((1000, DIMENSIONS)).astype(np.float32)
        values /= np.linalg.norm(values, axis=1, keepdims=True)
        Vector.keep(
            [Vector(chunk=c, index=collection.index, value=v.tobytes()) for c, v in zip(made, values, strict=True)]
        )
        for text in texts:
            for word in set(text):
                counts[word] = counts.get(word, 0) + 1
    Term.count(collection.pk, counts, 1)
    return collection


async def upload() -> None:
    """From the file in the queue to found again, as the server does it."""
    from asgiref.sync import sync_to_async

    from conversations.models import Collection, Document
    from conversations.retrieval.ingest import runner
    from conversations.retrieval.ingest.adding import add
    from tests.retrieval import files

    line = "The office in room {} is open on weekdays, and number {} is who to call about it there."
    pages = ["\n".join(line.format(page * 40 + at, at) for at in range(40)) for page in range(50)]
    collection = await Collection.objects.acreate(name="Small")
    content = files.pdf(*pages)
    began = time.perf_counter()
    await sync_to_async(add)(collection, "pages.pdf", content, None)
    await runner.run_out()
    seconds = time.perf_counter() - began
    document = await Document.objects.aget()
    read = f"{document.pages} pages, {document.chunks_count} passages"
    print(f"{read}: {document.state} {document.reason} after {seconds:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=200)
    main(parser.parse_args())
