"""The form of a data source: the fields of its type and no others, errors where they belong, secrets never shown."""

import json
import re

import pytest
from django.contrib.auth.models import Group

from conversations.admin.source_fields import FIELDS, FOLLOWS, OPTIONS
from conversations.completions.data_sources import TYPES
from conversations.models import Collection, DataSource, ExternalGroup
from tests import factories

ADD = "/admin/conversations/datasource/add/"
CANARY = "sk-canary-0123456789"
NO_QUESTIONS = {"golden_questions-TOTAL_FORMS": "0", "golden_questions-INITIAL_FORMS": "0"}
NO_DAYS = {"retention-TOTAL_FORMS": "0", "retention-INITIAL_FORMS": "0"}


def form(**fields):
    return {
        "name": "Handbook",
        "type": "elasticsearch",
        "endpoint": "https://elastic.test",
        "index_name": "handbook",
        "authentication__type": "key_and_key_id",
        "authentication__key": CANARY,
        "authentication__key_id": "reader",
        "strictness": "3",
        "top_n_documents": "5",
        "in_scope": "on",
        "position": "10",
        "enabled": "on",
        **NO_QUESTIONS,
        **fields,
    }


def change(source):
    return f"/admin/conversations/datasource/{source.pk}/change/"


AGAIN = '<strong class="warned">Enter it again'


def saved():
    return DataSource.objects.get()


def errors(page):
    return set(re.findall(r'id="id_(\w+)_error"', page.content.decode()))


def test_a_typed_secret_is_asked_for_again_when_the_form_comes_back(admin):
    page = admin.post(ADD, form(strictness="9"))
    assert errors(page) == {"strictness"}
    assert AGAIN in page.content.decode()
    assert CANARY not in page.content.decode()


def test_the_token_of_this_machine_is_sent_to_azure_alone(admin):
    azure = {"type": "azure_search", "authentication__type": "system_assigned_managed_identity"}
    assert errors(admin.post(ADD, form(**azure, endpoint="https://collects.example"))) == {"endpoint"}
    assert not DataSource.objects.exists()
    assert admin.post(ADD, form(**azure, endpoint="https://n.search.windows.net")).status_code == 302


def test_what_is_entered_is_the_wire_s_json(admin):
    given = form(fields_mapping__content_fields="text, summary", fields_mapping__content_fields_separator="\\n")
    assert admin.post(ADD, {**given, "starters": "How much leave?\n\nWho approves it?"}).status_code == 302
    assert saved().wire() == {
        "type": "elasticsearch",
        "parameters": {
            "endpoint": "https://elastic.test",
            "index_name": "handbook",
            "authentication": {"type": "key_and_key_id", "key": CANARY, "key_id": "reader"},
            "fields_mapping": {"content_fields": ["text", "summary"], "content_fields_separator": "\n"},
            "strictness": 3,
            "top_n_documents": 5,
            "in_scope": True,
            "allow_partial_result": False,
        },
    }
    assert saved().starters == ["How much leave?", "Who approves it?"]


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("azure_search", "endpoint"),
        ("azure_cosmos_db", "database_name"),
        ("mongo_db", "endpoint"),
        ("elasticsearch", "endpoint"),
        ("pinecone", "environment"),
        ("local", "collections"),
    ],
)
def test_a_type_asks_for_what_it_needs(admin, kind, missing):
    assert errors(admin.post(ADD, {"name": "N", "type": kind, "position": "1", "enabled": "on"})) == {missing}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"authentication__key": ""}, "authentication__key"),
        ({"query_type": "vector"}, "embedding_dependency__type"),
        ({"query_type": "vector", "embedding_dependency__type": "model_id"}, "embedding_dependency__model_id"),
        (
            {"query_type": "vector", "embedding_dependency__type": "deployment_name"},
            "embedding_dependency__deployment_name",
        ),
        ({"strictness": "6"}, "strictness"),
        ({"starters": "a\nb\nc\nd"}, "starters"),
        ({"type": "pinecone", "environment": "e", "authentication__type": "api_key"}, "fields_mapping__content_fields"),
    ],
)
def test_an_error_stands_at_its_field_and_echoes_no_secret(admin, wrong, field):
    page = admin.post(ADD, form(**wrong))
    assert errors(page) == {field}
    assert (AGAIN in page.content.decode()) == (field != "authentication__key")
    assert CANARY not in page.content.decode()


def test_what_is_of_another_type_is_not_kept(admin):
    admin.post(
        ADD, form(environment="e", filter="a eq 1", authentication__encoded_api_key="other", semantic_configuration="s")
    )
    kept = saved().wire()["parameters"]
    assert not kept.keys() & {"environment", "filter", "semantic_configuration"}
    assert dict(saved().secrets) == {"/authentication/key": CANARY}


def test_a_choice_that_its_type_has_not_becomes_the_first_one_it_has(admin):
    admin.post(ADD, form(authentication__type="connection_string", query_type="semantic"))
    assert saved().parameters["authentication"]["type"] == "key_and_key_id"
    assert "query_type" not in saved().parameters


def test_every_member_of_every_type_has_a_field_where_it_applies():
    for name, row in TYPES.items():
        for path in row.needs:
            assert name in FOLLOWS[path]["type"]
        assert set(OPTIONS["authentication__type"]["type"][name]) == set(row.authentication)
    assert FOLLOWS["fields_mapping__vector_fields"]["type"] == [
        each for each in TYPES if each not in {"local", "pinecone"}
    ]
    assert "type" not in FOLLOWS.get("strictness", {})
    assert all("__" in name or name.isidentifier() for name in FIELDS)


def test_an_empty_secret_keeps_the_stored_one_and_nobody_reads_it(admin):
    admin.post(ADD, form())
    page = admin.get(change(saved())).content.decode()
    assert "Stored. Leave empty to keep it" in page
    assert CANARY not in page
    admin.post(change(saved()), form(authentication__key="", strictness="5"))
    assert (saved().parameters["strictness"], saved().secrets["/authentication/key"]) == (5, CANARY)


def test_a_secret_is_not_sent_elsewhere(admin):
    admin.post(ADD, form())
    moved = form(authentication__key="", endpoint="https://evil.test")
    page = admin.post(change(saved()), moved)
    assert errors(page) == {"authentication__key"}
    assert "sent elsewhere" in page.content.decode()
    assert saved().parameters["endpoint"] == "https://elastic.test"
    del moved["enabled"]
    page = admin.post(change(saved()), moved, follow=True).content.decode()
    assert dict(saved().secrets) == {}
    assert "what was stored is not kept" in page


def test_secrets_are_removed_from_what_is_switched_off(admin):
    admin.post(ADD, form())
    assert errors(admin.post(change(saved()), form(authentication__key="", remove_secrets="on"))) == {
        "authentication__key"
    }
    off = form(authentication__key="", remove_secrets="on")
    del off["enabled"]
    admin.post(change(saved()), off)
    assert dict(saved().secrets) == {}


def test_what_has_no_field_stays(admin):
    source = factories.make_source()
    source.configure("elasticsearch", {**source.parameters, "include_contexts": ["intent"]})
    source.save()
    admin.post(
        change(source),
        form(authentication__type="encoded_api_key", endpoint="http://127.0.0.1:9", authentication__key=""),
    )
    assert saved().parameters["include_contexts"] == ["intent"]
    assert saved().secrets["/authentication/encoded_api_key"] == "sk-canary"


def test_a_deployment_that_is_not_ours_is_marked_and_not_switched_on(admin, offline):
    vector = {"query_type": "vector", "embedding_dependency": {"type": "deployment_name", "deployment_name": "ada"}}
    source = factories.make_source()
    source.configure("elasticsearch", {**source.parameters, **vector})
    source.save()
    assert "ada: not ours, choose" in admin.get(change(source)).content.decode()
    given = form(query_type="vector", embedding_dependency__type="deployment_name")
    page = admin.post(change(source), {**given, "embedding_dependency__deployment_name": "ada"})
    assert errors(page) == {"embedding_dependency__deployment_name"}
    given["embedding_dependency__deployment_name"] = "offline"
    assert admin.post(change(source), given).status_code == 302
    assert saved().parameters["embedding_dependency"]["deployment_name"] == "offline"


def test_what_was_seen_not_to_embed_is_not_offered(admin, offline):
    for name, seen in (("chats", {"embeddings": False}), ("unknown", {}), ("embeds", {"embeddings": True})):
        factories.make_deployment(name, capabilities=seen)
    page = admin.get(ADD).content.decode()
    offered = page.partition('id="id_embedding_dependency__deployment_name"')[2].partition("</select>")[0]
    assert [each for each in ("chats", "unknown", "embeds", "offline") if f'value="{each}"' in offered] == [
        *("unknown", "embeds", "offline")
    ]
    collections = admin.get("/admin/conversations/collection/add/").content.decode()
    offered = collections.partition('id="id_embedding"')[2].partition("</select>")[0]
    assert ">unknown</option>" in offered
    assert ">chats</option>" not in offered


def test_a_draft_is_nobody_s_yet(admin):
    source = factories.make_source(enabled=False)
    listed = "/admin/conversations/datasource/"
    assert "nobody yet" in admin.get(listed).content.decode()
    DataSource.objects.filter(pk=source.pk).update(enabled=True)
    assert "everybody" in admin.get(listed).content.decode()


def test_a_local_source_chooses_collections(admin):
    Collection.objects.create(name="Leave")
    page = admin.post(
        ADD,
        {"name": "Ours", "type": "local", "collections": ["Leave"], "position": "1", "enabled": "on", **NO_QUESTIONS},
    )
    assert page.status_code == 302
    assert saved().read().parameters.collections == ["Leave"]
    assert saved().secrets == {}


def test_a_change_of_the_configuration_forgets_the_test(admin):
    admin.post(ADD, form())
    saved().tested([{"name": "reach", "state": "passed", "ms": 1, "detail": ""}], "")
    admin.post(change(saved()), form(authentication__key="", name="Renamed"))
    assert saved().tested_at is not None
    admin.post(change(saved()), form(authentication__key="", index_name="other"))
    assert (saved().tested_at, saved().test_stages) == (None, [])


def test_the_page_says_to_its_script_which_choices_a_type_has(admin):
    page = admin.get(ADD).content.decode()
    field = next(each for each in re.findall(r"<select[^>]*>", page) if 'name="authentication__type"' in each)
    options = json.loads(re.search(r'data-options="([^"]*)"', field)[1].replace("&quot;", '"'))
    assert options["type"]["pinecone"] == ["api_key"]


def test_a_group_has_the_id_that_it_has_elsewhere(admin):
    group = Group.objects.create(name="HR")
    lines = {"external-TOTAL_FORMS": "1", "external-INITIAL_FORMS": "0", **NO_DAYS, "external-0-external_id": "g-1"}
    admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "HR", **lines})
    assert ExternalGroup.objects.get(group=group).external_id == "g-1"
