"""What signals of sureness mean in a collection, learnt from questions made of its own passages."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

from conversations.completions import embeddings
from conversations.models import Chunk, Collection
from conversations.retrieval import signals
from conversations.retrieval.base import Hit
from conversations.retrieval.local import hybrid, lexical, vectors
from conversations.retrieval.probes import Probe, probes
from conversations.retrieval.words import asked

P = ParamSpec("P")
R = TypeVar("R")
FEWEST = 40  # passages to learn from
SAMPLE = 2000  # passages that questions are made of
COUNT = 200  # questions
FOUND = 10  # passages looked at for each
GROWN = 0.2  # of the passages: after such a change it is learnt anew
PART = 10  # questions asked in one go: others need the database too


def outdated(collection: Collection, passages: int) -> bool:
    changed = abs(passages - collection.calibrated)
    return passages >= FEWEST and changed > GROWN * collection.calibrated


async def calibrate(collection: Collection, passages: int) -> None:
    """Learn, and keep it with the collection. Raises CompletionError."""
    sample = await _read(_sample)(collection)
    made = probes([content for _, content in sample], COUNT)
    asked_for: list[list[float] | None] = [None] * len(made)
    if collection.index is not None:
        asked_for = [*await _vectors(collection, made)]
    answered, unanswered = [], []
    for at in range(0, len(made), PART):
        part = await _read(_measure)(collection, made[at : at + PART], asked_for[at : at + PART], sample)
        answered += [with_home for with_home, _ in part]
        unanswered += [without for _, without in part]
    learnt = signals.calibrate(answered, unanswered)
    kept = {"calibration": learnt.plain() if learnt else None, "calibrated": passages}
    await _read(Collection.objects.filter(pk=collection.pk, index=collection.index_id).update)(**kept)


def _read(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """In a thread of its own: what takes long must not hold up what is saved."""
    found: Callable[P, Awaitable[R]] = database_sync_to_async(function, thread_sensitive=False)
    return found


def _sample(collection: Collection) -> list[tuple[int, str]]:
    found = Chunk.objects.filter(collection=collection).order_by("?").values_list("pk", "content")[:SAMPLE]
    return sorted(found)


async def _vectors(collection: Collection, made: list[Probe]) -> list[list[float]]:
    assert collection.index
    endpoint = collection.index.deployment.endpoint_at()
    return await embeddings.embed([each.text for each in made], endpoint, input_type="query")


Pair = tuple[list[signals.Signals], list[signals.Signals]]


def _measure(
    collection: Collection, made: list[Probe], asked_for: list[list[float] | None], sample: list[tuple[int, str]]
) -> list[Pair]:
    """For each question, what is found for it, and what would be if the passage it was made of were not there."""
    pairs = []
    for probe, vector in zip(made, asked_for, strict=True):
        words = asked(probe.text)
        near = {} if vector is None else {collection.pk: vectors.unit(vector)}
        found = hybrid.find([collection], words, near, FOUND)
        chunks = Chunk.objects.select_related("document").in_bulk([each.chunk for each in found])
        home = Chunk.objects.filter(pk=sample[probe.home][0]).first()
        weights = lexical.weights([collection.pk], words)
        hits, others = [], []
        for each in found:
            if (chunk := chunks.get(each.chunk)) is None:
                continue
            title, heading = chunk.document.title, chunk.heading
            hit = Hit(chunk.content, each.score, title=title, heading=heading, cosine=each.cosine)
            hits.append(hit)
            beside = home and chunk.document_id == home.document_id and abs(chunk.position - home.position) <= 1
            if not beside:
                others.append(hit)
        pairs.append((signals.of(probe.text, hits, weights), signals.of(probe.text, others, weights)))
    return pairs
