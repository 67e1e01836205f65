"""A large document goes, and comes back, in slices: others can write meanwhile, and the counts are right whenever."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Chunk, Collection, Document, Term, erase
from conversations.models import document as documents
from tests.factories import make_conversation, make_document, make_evidence, make_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection():
    return Collection.objects.create(name="Big")


@pytest.fixture
def document(collection, monkeypatch):
    monkeypatch.setattr(documents, "SLICE", 3)
    make_document(collection, "Other", "harbour boats")
    return make_document(collection, "Leave", *(f"parental leave {at}" for at in range(8)))


def counts(collection) -> dict[str, int]:
    return dict(Term.objects.filter(collection=collection).exclude(passages=0).values_list("word", "passages"))


def test_what_is_thrown_away_and_taken_back_is_as_it_was(collection, document) -> None:
    before, found = counts(collection), set(Chunk.objects.current())
    document.throw_away()
    assert counts(collection) == {"harbour": 1, "boat": 1}
    assert Chunk.objects.filter(collection=collection).count() == 1
    document.take_back()
    assert (counts(collection), set(Chunk.objects.current())) == (before, found)


class Ended(Exception):
    """The process."""


@pytest.mark.parametrize("verb", ["throw_away", "delete"])
def test_what_a_process_that_ended_began_is_hidden_and_is_finished(collection, document, verb, monkeypatch) -> None:
    before, moved, calls = counts(collection), Document._moved, []

    def ending(*given):
        calls.append(given)
        if len(calls) == 2:
            raise Ended
        return moved(*given)

    monkeypatch.setattr(Document, "_moved", ending)
    with pytest.raises(Ended):
        getattr(document, verb)()
    monkeypatch.setattr(Document, "_moved", moved)
    assert {each.document.title for each in Chunk.objects.current()} == {"Other"}
    assert Chunk.objects.filter(collection=collection).count() == 1 + 8 - 3
    document.take_back()
    assert counts(collection) == before
    erase(document)
    assert counts(collection) == {"harbour": 1, "boat": 1}
    assert Chunk.objects.count() == 1


def test_what_is_erased_leaves_answers_even_if_the_process_ends(collection, document, person, offline, monkeypatch):
    turn = make_turn(make_conversation(person, deployment=offline))
    facts = {"document": str(document.pk), "collection": collection}
    found = make_evidence(turn.answer, content="You get 90 days.", **facts)

    def ending(*_):
        raise Ended

    monkeypatch.setattr(Document, "_moved", ending)
    with pytest.raises(Ended):
        erase(document)
    found.refresh_from_db()
    assert (found.purged, found.content) == (True, "")


def test_what_is_taken_back_while_others_are_purged_stays(collection, document, monkeypatch):
    Document.objects.update(deleted=timezone.now() - timedelta(hours=2))
    delete = Document.delete

    def meanwhile(gone):
        Document.objects.exclude(pk=gone.pk).get().take_back()
        return delete(gone)

    monkeypatch.setattr(Document, "delete", meanwhile)
    assert Document.objects.purge() == 1
    assert Document.objects.get().deleted is None


@pytest.mark.django_db(transaction=True)
def test_no_transaction_writes_more_than_a_slice(collection, document, monkeypatch) -> None:
    written: list[int] = []
    atomic = transaction.Atomic.__exit__

    def leave(self, *given):
        written.append(Chunk.objects.filter(collection=collection).count() if connection.in_atomic_block else -1)
        return atomic(self, *given)

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave)
    erase(document)
    kept = [each for each in written if each >= 0]
    assert max(before - after for before, after in zip([9, *kept], kept, strict=False)) == 3


def test_the_document_is_locked_before_the_counts(collection, document) -> None:
    """As its reader does: two that lock in different orders wait for each other."""
    with CaptureQueriesContext(
        connection,
    ) as said:
        erase(document)
    written = [each["sql"] for each in said if "conversations_term" in each["sql"] or "_document" in each["sql"]]
    assert written[0].startswith('UPDATE "conversations_document"')
