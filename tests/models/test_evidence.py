"""Evidence outlives its document and its source, but never the right to read them."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import Citation, Collection, DataSource, Document, Evidence, ExternalGroup
from tests import factories


@pytest.fixture
def group(transactional_db):
    return Group.objects.create(name="HR")


@pytest.fixture
def collection(group):
    made = Collection.objects.create(name="Handbook")
    made.groups.add(group)
    return made


@pytest.fixture
def document(collection):
    facts = {"filename": "leave.md", "kind": "md", "file": "0" * 32, "size": 1}
    return Document.objects.create(collection=collection, title="Leave", sha256="a", read_sha256="a", **facts)


@pytest.fixture
def evidence(person, offline, document):
    answer = factories.make_turn(factories.make_conversation(person, deployment=offline), answer="18.[doc1]").answer
    kept = {"document": str(document.pk), "collection": document.collection, "version": "a"}
    made = factories.make_evidence(answer, **kept)
    Citation.objects.create(evidence=made, position=0, label=1, start=0, end=5)
    return made


def readable(person):
    return Evidence.objects.for_reader(person.reader()).exists()


def test_a_passage_is_read_by_who_may_read_its_collection(person, group, evidence):
    assert not readable(person)
    person.groups.add(group)
    assert readable(person)


def test_a_granted_collection_is_not_enough_without_the_source(person, group, evidence):
    person.groups.add(group)
    Evidence.objects.update(source=factories.make_source(groups=[Group.objects.create(name="Others")]))
    assert not readable(person)


def test_files_attached_to_ones_own_conversation_are_ones_own(person, stranger, evidence, collection):
    Collection.objects.filter(pk=collection.pk).update(conversation=evidence.message.conversation)
    assert readable(person)
    assert not readable(stranger)


def test_a_document_that_is_gone_leaves_its_passage_to_its_collection_s_readers(person, group, document, evidence):
    document.delete()
    assert not readable(person)
    person.groups.add(group)
    assert readable(person)


def test_of_a_collection_that_is_gone_nobody_reads_anything(person, group, collection, evidence):
    person.groups.add(group)
    collection.delete()
    assert not readable(person)
    evidence.refresh_from_db()
    assert (evidence.content, evidence.purged) == ("", True)


def test_a_document_of_unknown_collection_is_nobody_s(person, evidence):
    Evidence.objects.update(collection=None)
    assert not readable(person)


def test_a_retired_source_stays_with_whom_it_was_granted_to(person, group, evidence):
    source = factories.make_source(groups=[group])
    Evidence.objects.update(source=source, document="", collection=None)
    source.retire()
    assert not readable(person)
    person.groups.add(group)
    assert readable(person)
    assert not DataSource.objects.for_reader(person.reader()).exists()


def test_a_retired_source_keeps_no_secret_and_frees_its_name(transactional_db):
    source = factories.make_source()
    source.retire()
    kept = DataSource.objects.get()
    assert (kept.parameters, dict(kept.secrets), kept.enabled) == ({}, {}, False)
    assert factories.make_source().name == "Employee handbook"


def test_a_purge_takes_the_passage_and_leaves_its_title(document, evidence):
    found = Evidence.objects.of(document)
    assert found.answers() == 1
    assert found.purge() == 1
    evidence.refresh_from_db()
    assert (evidence.content, evidence.heading, evidence.title, evidence.purged) == ("", "", "Leave policy", True)
    assert evidence.citations.get().start is None


def test_only_answers_that_cite_it_are_counted(document, evidence):
    Citation.objects.all().delete()
    assert Evidence.objects.of(document).answers() == 0


def test_a_source_that_is_deleted_without_the_verb_takes_its_passages_along(evidence):
    source = factories.make_source()
    Evidence.objects.update(source=source)
    DataSource.objects.all().delete()
    evidence.refresh_from_db()
    assert (evidence.content, evidence.purged) == ("", True)


def test_evidence_knows_what_became_of_its_document(document, evidence):
    assert evidence.since == ""
    Document.objects.update(read_sha256="b")
    assert evidence.since == "changed"
    document.delete()
    assert evidence.since == "gone"


@pytest.fixture
def filtered(person, group, evidence):
    """Evidence that an access filter let through for HR."""
    ExternalGroup.objects.create(group=group, external_id="hr-elsewhere")
    person.groups.add(group)
    source = factories.make_source(access_filter='{"terms": {"groups": "{groups}"}}')
    evidence.message.badges.create(external_id="hr-elsewhere")
    Evidence.objects.update(source=source, document="", collection=None, filtered=True)
    return source


def test_what_a_filter_let_through_is_read_while_its_groups_are_held(person, group, filtered):
    assert readable(person)
    person.groups.remove(group)
    assert not readable(person)


def test_all_groups_of_then_are_needed_and_further_ones_do_no_harm(person, group, evidence, filtered):
    person.groups.add(Group.objects.create(name="Sales"))
    assert readable(person)
    evidence.message.badges.create(external_id="board-elsewhere")
    assert not readable(person)


def test_a_group_that_was_deleted_or_got_another_id_elsewhere_is_lost(person, group, filtered):
    ExternalGroup.objects.update(external_id="hr-of-today")
    assert not readable(person)
    ExternalGroup.objects.update(external_id="hr-elsewhere")
    assert readable(person)
    group.delete()
    assert not readable(person)


def test_what_no_filter_let_through_is_not_read_once_its_source_has_one(person, filtered):
    Evidence.objects.update(filtered=False)
    assert not readable(person)


def test_a_retired_source_asks_for_the_groups_still(person, group, filtered):
    filtered.retire()
    assert readable(person)
    person.groups.remove(group)
    assert not readable(person)
