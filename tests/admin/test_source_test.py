"""*Test* goes in stages over the real adapter, and *Try a question* shows what was found and why it was kept."""

import pytest
from django.contrib.auth.models import Group

from conversations.answering import tokens
from conversations.models import Collection, DataSource
from tests import factories
from tests.stores.elastic import Elastic

QUESTION = "How many weeks of parental leave after a birth?"


@pytest.fixture
def store():
    with Elastic().threaded() as store:
        yield store


def made(store, **parameters):
    source = DataSource(name="Handbook")
    key = {"type": "key_and_key_id", "key": store.key, "key_id": store.key_id}
    given = {"endpoint": store.address, "index_name": "docs", "authentication": key, **parameters}
    source.configure("elasticsearch", given, draft=True)
    source.save()
    return source


def run(admin, source):
    """The page that follows, and the states of the stages."""
    page = admin.post(f"/admin/conversations/datasource/{source.pk}/try/", follow=True).content.decode()
    source.refresh_from_db()
    return page, {each["name"]: each["state"] for each in source.test_stages}


def ask(admin, source, **query):
    given = {"question": QUESTION, **query}
    return admin.get(f"/admin/conversations/datasource/{source.pk}/ask/", given).content.decode()


def test_a_source_that_works_passes_every_stage_and_shows_what_it_found(admin, store):
    source = made(store)
    page, stages = run(admin, source)
    assert list(stages) == ["settings", "reach", "sign_in", "index", "fields", "query"]
    assert set(stages.values()) == {"passed"}
    assert (source.test_error, source.tested_at is not None) == ("", True)
    assert "the first: Parental leave" in page


@pytest.mark.parametrize(
    ("wrong", "stage", "words"),
    [
        ({"index_name": "nowhere"}, "index", "Check its name"),
        ({"fields_mapping": {"content_fields": ["nothing"]}}, "fields", "Correct the names"),
        ({"endpoint": "http://127.0.0.1:9"}, "reach", "Check the address"),
        (
            {"authentication": {"type": "encoded_api_key", "encoded_api_key": "YTpzay1jYW5hcnk="}},
            "sign_in",
            "Enter the key again",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_stage_that_failed_says_what_to_do_and_the_rest_waits(admin, store, wrong, stage, words):
    source = made(store, **wrong)
    page, stages = run(admin, source)
    assert [name for name, state in stages.items() if state == "failed"] == [stage]
    assert stages["query"] == "waiting"
    assert source.test_error == stage
    assert words in page
    assert "YTpzay1jYW5hcnk=" not in page


def test_vectors_of_another_length_are_found_out(admin, store, offline):
    embedded = {"type": "deployment_name", "deployment_name": "offline"}
    page, stages = run(admin, made(store, query_type="vector", embedding_dependency=embedded))
    assert (stages["embedding"], stages["dimensions"], stages["query"]) == ("passed", "failed", "waiting")
    assert "Choose the embedding that the documents were made with" in page


def test_a_draft_without_its_key_fails_at_its_settings(admin, store):
    source = made(store, authentication={"type": "key_and_key_id", "key_id": "reader"})
    page, stages = run(admin, source)
    assert (stages["settings"], stages["reach"]) == ("failed", "waiting")
    assert "authentication.key is missing" in page
    assert store.requests == []


def test_a_question_shows_what_was_found_and_why_it_was_kept(admin, store):
    page = ask(admin, made(store))
    assert "Parental leave" in page
    assert "Kept, as document 1" in page
    assert "twenty-six weeks" in page
    assert "1 kept, about" in page


def test_strictness_and_top_documents_are_tried_without_being_saved(admin, store):
    source = made(store)
    broad = {"question": "parental leave, second class trains and the merger"}
    assert "others fit better" in ask(admin, source, **broad, strictness="1", top="1")
    assert "below this strictness" in ask(admin, source, question="weeks of something", strictness="5")
    assert "Ensure this value is" in ask(admin, source, top="101")
    source.refresh_from_db()
    assert not source.parameters.keys() & {"strictness", "top_n_documents"}


def test_a_source_that_cannot_be_asked_says_why(admin, store):
    assert "Handbook" in ask(admin, made(store, index_name="nowhere"))
    assert 'role="alert"' in ask(admin, DataSource.objects.get())


def test_nobody_tries_what_he_may_not_read(admin, administrator, store):
    source = made(store)
    source.access_filter = '{"terms": {"groups": "{groups}"}}'
    source.save()
    assert "Nothing was found that you may read." in ask(admin, source)
    group = Group.objects.create(name="Closed")
    collection = Collection.objects.create(name="Closed")
    factories.make_document(collection, "Leave", "Parental leave lasts 90 days after a birth.")
    local = DataSource(name="Ours")
    local.configure("local", {"collections": ["Closed"]})
    local.save()
    assert "Kept, as document 1" in ask(admin, local)
    collection.groups.add(group)
    assert "Nothing was found that you may read." in ask(admin, local)


def test_a_local_source_finds_one_of_its_own_passages(admin):
    factories.make_document(Collection.objects.create(name="Leave"), "Leave", "Parental leave lasts 90 days.")
    source = DataSource(name="Ours")
    source.configure("local", {"collections": ["Leave"]})
    source.save()
    page, stages = run(admin, source)
    assert stages == {"settings": "passed", "index": "passed", "query": "passed"}
    assert "1 found, the first: Leave" in page


def test_the_first_passages_are_shown_and_the_rest_on_demand_without_a_table_of_tokens(admin):
    tokens._encoding.cache_clear()
    collection = Collection.objects.create(name="Leave")
    for at in range(15):
        factories.make_document(collection, f"Rule {at}", f"Parental leave of kind {at} lasts 90 days.")
    source = DataSource(name="Leave", enabled=True)
    source.configure("local", {"collections": ["Leave"]})
    source.save()
    question = "How many days does parental leave of kind 3 last?"
    shown, rest = ask(admin, source, question=question, strictness="1").split('<details class="rest">')
    assert [part.count('<dl class="scores') for part in (shown, rest)] == [6, 9]
    assert "Show 9 more passages" in rest
    assert "Kept, as document" in shown
    assert "Kept, as document" not in rest
    assert tokens._encoding.cache_info().currsize == 0
