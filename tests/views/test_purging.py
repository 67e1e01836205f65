"""A document or a collection is deleted for good, and from answers, by who manages it and was asked."""

import pytest
from django.db import connection

from conversations.models import Citation, Collection, Document, Term
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collection(person):
    made = Collection.objects.create(name="Handbook")
    made.owners.add(person)
    return made


@pytest.fixture
def document(collection):
    return factories.make_document(collection, "Leave")


@pytest.fixture
def evidence(person, offline, collection, document):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), answer="90 days.[doc1]")
    facts = {"document": str(document.pk), "collection": collection, "heading": "Days"}
    found = factories.make_evidence(turn.answer, content="You get 90 days.", **facts)
    Citation.objects.create(evidence=found, position=0, label=1, start=0, end=5)
    return found


def page(browser, address):
    return browser.get(address, follow=True).content.decode()


def test_the_page_says_in_how_many_answers_it_is_cited(browser, collection, document, evidence):
    address = f"/documents/d/{document.pk}/purge"
    assert address in page(browser, f"/documents/d/{document.pk}/")
    assert "Delete the document “Leave”?" in page(browser, address)
    assert "It is cited in 1 answer." in page(browser, address)
    assert "It is cited in 1 answer." in page(browser, f"/documents/{collection.pk}/purge")
    assert "It is cited in no answer." in page(
        browser, f"/documents/d/{factories.make_document(collection, 'Other').pk}/purge"
    )
    assert Document.objects.filter(deleted=None).count() == 2


@pytest.mark.parametrize("thrown", [False, True])
def test_a_document_goes_with_what_answers_cite_of_it(browser, collection, document, evidence, thrown):
    if thrown:
        said = browser.post(f"/documents/d/{document.pk}/delete", follow=True).content.decode()
        assert "Remove from 1 answer too" in said
    said = browser.post(f"/documents/d/{document.pk}/purge", follow=True).content.decode()
    assert "“Leave” is deleted, and removed from all answers." in said
    assert not Document.objects.exists()
    evidence.refresh_from_db()
    assert (evidence.purged, evidence.content, evidence.heading, evidence.title) == (True, "", "", "Leave policy")


@pytest.mark.parametrize("thrown", [False, True])
def test_a_collection_goes_with_what_answers_cite_of_it(browser, collection, document, evidence, thrown):
    if thrown:
        said = browser.post(f"/documents/{collection.pk}/delete", follow=True).content.decode()
        assert "Remove from 1 answer too" in said
    said = browser.post(f"/documents/{collection.pk}/purge", follow=True).content.decode()
    assert "“Handbook” is deleted, and removed from all answers." in said
    assert not Collection.objects.exists()
    evidence.refresh_from_db()
    assert (evidence.purged, evidence.content) == (True, "")


def test_no_word_of_it_is_kept_in_an_index(browser, collection, document):
    factories.make_document(collection, "Pets", "The wombat has leave.")
    gone = factories.make_document(collection, "Birds", "A kingfisher has leave.")
    browser.post(f"/documents/d/{gone.pk}/purge")
    words = Term.objects.filter(word__in=["wombat", "kingfish"]).values_list("word", flat=True)
    assert set(words) == {"wombat"}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT group_concat(quote(block)) FROM conversations_passages_data")
            words = cursor.fetchone()[0]
        assert b"wombat".hex().upper() in words
        assert b"ingfish".hex().upper() not in words


def test_deleting_alone_leaves_what_answers_cite(browser, document, evidence):
    browser.post(f"/documents/d/{document.pk}/delete")
    evidence.refresh_from_db()
    assert evidence.content == "You get 90 days."


def test_a_reader_who_does_not_manage_it_is_not_asked(collection, document, evidence, stranger):
    reader = factories.browser_of(stranger)
    assert "purge" not in page(reader, f"/documents/d/{document.pk}/")
    for address in (f"/documents/d/{document.pk}/purge", f"/documents/{collection.pk}/purge"):
        assert reader.get(address).status_code == reader.post(address).status_code == 404
    assert Document.objects.exists()
