"""What signals of sureness mean in a collection, learnt from questions made of its own passages."""

from conversations.models import Chunk, Collection
from conversations.retrieval import signals
from conversations.retrieval.apart import apart
from conversations.retrieval.base import Hit
from conversations.retrieval.embedding import embed
from conversations.retrieval.local import hybrid, lexical, vectors
from conversations.retrieval.probes import Probe, probes
from conversations.texts.words import asked

FEWEST = 40  # passages to learn from
SAMPLE = 2000  # passages that questions are made of
FOUND = 20  # passages looked at for each, as for every query (`grounding.search`)
GROWN = 0.2  # of the passages: after such a change it is learnt anew
PART = 10  # questions asked in one go: others need the database too


def outdated(collection: Collection, passages: int) -> bool:
    changed = abs(passages - collection.calibrated)
    return passages >= FEWEST and changed > GROWN * collection.calibrated


async def calibrate(collection: Collection, passages: int) -> None:
    """Learn, and keep it with the collection. Raises CompletionError."""
    sample = await apart(_sample)(collection)
    made = probes([content for _, content in sample])
    asked_for: list[list[float] | None] = [None] * len(made)
    if collection.index is not None:
        asked_for = [*await _vectors(collection, made)]
    answered, unanswered = [], []
    for at in range(0, len(made), PART):
        part = await apart(_measure)(collection, made[at : at + PART], asked_for[at : at + PART], sample)
        answered += [found for found, *_ in part]
        unanswered += [each for _, *without in part for each in without]
    learnt = signals.calibrate(answered, unanswered)
    kept = {"calibration": learnt.plain() if learnt else None, "calibrated": passages}
    await apart(Collection.objects.filter(pk=collection.pk, index=collection.index_id).update)(**kept)


def _sample(collection: Collection) -> list[tuple[int, str]]:
    found = Chunk.objects.current().filter(collection=collection).order_by("?").values_list("pk", "content")[:SAMPLE]
    return sorted(found)


async def _vectors(collection: Collection, made: list[Probe]) -> list[list[float]]:
    assert collection.index
    texts = [each.meaning for each in made]
    return await embed(texts, collection.index.deployment, reader=None, input_type="query")


def _measure(
    collection: Collection, made: list[Probe], asked_for: list[list[float] | None], sample: list[tuple[int, str]]
) -> list[list[list[signals.Signals]]]:
    """For each question, what is found for it, and what would be without its passage, and without its document.

    So some questions without an answer are near to what there is, as if a detail were missing, and some are not.
    """
    measured = []
    for probe, vector in zip(made, asked_for, strict=True):
        words = asked(probe.text)
        near = {} if vector is None else {collection.pk: vectors.unit(vector)}
        found = hybrid.find([collection], words, near, FOUND)
        chunks = Chunk.objects.select_related("document").in_bulk([each.chunk for each in found])
        home = Chunk.objects.filter(pk=sample[probe.home][0]).first()
        weights = lexical.weights([collection.pk], words)
        hits, elsewhere, other_documents = [], [], []
        for each in found:
            if (chunk := chunks.get(each.chunk)) is None:
                continue
            title, heading = chunk.document.title, chunk.heading
            hit = Hit(chunk.content, each.score, title=title, heading=heading, cosine=each.cosine)
            hits.append(hit)
            if home and chunk.document_id == home.document_id:
                if abs(chunk.position - home.position) > 1:
                    elsewhere.append(hit)
            else:
                elsewhere.append(hit)
                other_documents.append(hit)
        measured.append([signals.of(probe.text, each, weights) for each in (hits, elsewhere, other_documents)])
    return measured
