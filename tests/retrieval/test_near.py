"""With pgvector the database finds the nearest vectors: those that the matrix in memory would find."""

import numpy as np
import pytest
from django.db import connection

from conversations.models import Chunk, Collection, Document, Index, Vector, near
from conversations.retrieval.local import vectors
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH = 24
CHANCE = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def pgvector(transactional_db):
    if not near.there():
        pytest.skip("needs pgvector")


@pytest.fixture
def deployment():
    return factories.make_deployment("embedder")


def filled(deployment, *, name="Handbook", passages=300, length=LENGTH):
    """A collection with an index of random vectors, and its passages."""
    made = Collection.objects.create(name=name, embedding=deployment)
    document = factories.make_document(made, "Leave", *[f"passage {each}" for each in range(passages)])
    index = Index.objects.create(collection=made, deployment=deployment, made_by=deployment.name, dimensions=length)
    chunks = list(Chunk.objects.filter(document=document).order_by("pk"))
    Vector.keep([Vector(index=index, chunk=each, value=random(length)) for each in chunks])
    made.index = index
    made.save()
    return made, chunks


def random(length=LENGTH):
    return vectors.packed(CHANCE.normal(size=length).tolist())


def asked(length=LENGTH):
    return np.frombuffer(random(length), dtype="<f4")


def both(collection, question, also=()):
    """Cosines as the database has them, and as the matrix does."""
    assert near.serves(collection.index_id)
    found = vectors.compare(collection, question)(also)
    matrix = vectors.matrix(collection)
    return found, vectors._nearest(matrix, matrix.values @ question, also)


def indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE %s", [f"{near.NAME}%"])
        return {int(name.removeprefix(near.NAME)) for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("length", [LENGTH, near.PLAIN + 100])
def test_it_finds_what_the_matrix_finds(deployment, length):
    collection, chunks = filled(deployment, length=length)
    near.tend(collection.index_id, length)
    also = [each.pk for each in chunks[::7]]
    for _ in range(5):
        found, exact = both(collection, asked(length), also)
        assert len(found.keys() & exact.keys()) >= 0.98 * len(exact)
        assert set(also) <= found.keys()
        assert all(abs(found[pk] - exact[pk]) < 1e-3 for pk in found.keys() & exact.keys())


def test_of_another_collection_and_of_what_is_gone_nothing_is_found(deployment):
    collection, chunks = filled(deployment)
    other, theirs = filled(deployment, name="Other")
    near.tend(collection.index_id, LENGTH)
    near.tend(other.index_id, LENGTH)
    document = factories.make_document(collection, "Old", "an old passage")
    old = Chunk.objects.get(document=document)
    question = asked()
    Vector.keep([Vector(index=collection.index, chunk=old, value=question.tobytes())])
    assert next(iter(vectors.compare(collection, question)([]))) == old.pk
    Document.objects.filter(pk=document.pk).update(version=document.version + 1)
    found = vectors.compare(collection, question)([])
    assert old.pk not in found
    assert not found.keys() & {each.pk for each in theirs}
    assert len(found) == vectors.POOL


def test_rows_without_the_column_are_filled_and_every_passage_is_found(deployment):
    collection, chunks = filled(deployment, passages=50)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE conversations_vector SET embedding = NULL")
    near.tend(collection.index_id, LENGTH)
    assert len(vectors.compare(collection, asked())([])) == 50


def test_one_that_is_small_stays_in_memory(deployment, monkeypatch):
    monkeypatch.setattr(near, "WORTH", 51 * 4 * LENGTH)
    collection, _ = filled(deployment, passages=50)
    near.tend(collection.index_id, LENGTH)
    assert not near.serves(collection.index_id)
    assert len(vectors.compare(collection, asked())([])) == 50


def test_the_index_goes_with_its_vectors(deployment):
    collection, _ = filled(deployment, passages=5)
    near.tend(collection.index_id, LENGTH)
    gone = collection.index_id
    assert gone in indexes()
    Collection.objects.update(index=None)
    Index.objects.all().delete()
    near.tend(None, 0)
    assert gone not in indexes()


def test_a_question_of_another_length_is_refused(deployment):
    collection, _ = filled(deployment, passages=5)
    near.tend(collection.index_id, LENGTH)
    with pytest.raises(ValueError, match="dimensions"):
        vectors.compare(collection, asked(LENGTH + 1))([])


def test_the_column_is_made_once_and_what_was_tended_is_tended_again(deployment):
    collection, _ = filled(deployment, passages=5)
    Collection.objects.update(tended=9)
    near.prepare()
    assert Collection.objects.get().tended == 9
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conversations_vector DROP COLUMN embedding")
    assert not near.there()
    near.prepare()
    assert near.there()
    assert Collection.objects.get().tended == 0
    near.tend(collection.index_id, LENGTH)
    assert len(vectors.compare(collection, asked())([])) == 5
