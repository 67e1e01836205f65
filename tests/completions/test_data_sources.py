"""`data_sources` as clients write them: the reference's own examples, known variants, and what is wrong."""

from typing import Any

import pytest

from conversations.completions import context, pointers
from conversations.completions.data_sources import DataSource, Elasticsearch, read
from conversations.completions.errors import InvalidRequest

SEARCH = {"type": "azure_search", "parameters": {"endpoint": "https://s.search.windows.net/", "index_name": "docs"}}
EMBEDDED = {"type": "deployment_name", "deployment_name": "embedder"}
FIELDS = {"content_fields": ["content"], "vector_fields": ["contentvector"]}


def source(kind: str = "azure_search", **parameters: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "azure_search": {**SEARCH["parameters"], "authentication": {"type": "api_key", "key": "k"}},
        "azure_cosmos_db": {
            "authentication": {"type": "connection_string", "connection_string": "mongodb+srv://u:p@c.test/"},
            "database_name": "vectordb",
            "container_name": "azuredocs",
            "index_name": "azuredocindex",
            "embedding_dependency": EMBEDDED,
            "fields_mapping": FIELDS,
        },
        "mongo_db": {
            "authentication": {"type": "username_and_password", "username": "u", "password": "p"},
            "endpoint": "cluster.mongodb.net",
            "app_name": "app",
            "database_name": "sampledb",
            "collection_name": "samplecollection",
            "index_name": "sampleindex",
            "embedding_dependency": EMBEDDED,
            "fields_mapping": FIELDS,
        },
        "elasticsearch": {
            "endpoint": "https://e.test",
            "index_name": "docs",
            "authentication": {"type": "key_and_key_id", "key": "k", "key_id": "i"},
        },
        "pinecone": {
            "authentication": {"type": "api_key", "key": "k"},
            "environment": "us-east-1",
            "index_name": "docs",
            "embedding_dependency": EMBEDDED,
            "fields_mapping": {"content_fields": ["content"], "content_fields_separator": "\n"},
        },
        "local": {"collections": ["Employee handbook"]},
    }[kind]
    return {"type": kind, "parameters": {**base, **parameters}}


@pytest.mark.parametrize("kind", ["azure_search", "azure_cosmos_db", "mongo_db", "elasticsearch", "pinecone", "local"])
def test_every_type_is_read_with_the_reference_s_defaults(kind: str) -> None:
    found = read(source(kind))
    assert (found.type, found.warnings) == (kind, [])
    given = found.parameters
    assert (given.strictness, given.top_n_documents, given.in_scope, given.allow_partial_result) == (3, 5, True, False)
    assert given.include_contexts == ["citations", "intent"]


def test_the_first_query_type_is_the_default() -> None:
    assert read(source()).parameters.query_type == "simple"
    assert read(source("pinecone")).parameters.query_type == "vector"
    assert read(source("local")).parameters.query_type == "vector_simple_hybrid"


def test_null_means_absent() -> None:
    assert read(source(strictness=None, filter=None, query_type=None)).parameters.strictness == 3


def test_members_that_are_not_known_are_a_warning() -> None:
    found = read(source(colour="blue", fields_mapping={"content_fields": ["a"], "shape": 1}))
    assert [each.split(" ")[0] for each in found.warnings] == [
        "data_sources[0].parameters.colour",
        "data_sources[0].parameters.fields_mapping.shape",
    ]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({**source("azure_cosmos_db"), "type": "azure_cosmosdb"}, "azure_cosmos_db"),
        (source("pinecone", authentication={"type": "api_key", "api_key": "k"}), "pinecone"),
        (source("pinecone", query_type="simple"), "pinecone"),
        (source("mongo_db", query_type="vector_simple_hybrid"), "mongo_db"),
        (source("pinecone", fields_mapping={**FIELDS}), "pinecone"),
        (source(embedding_dependency={"type": "endpoint", "endpoint": "https://e", "key": "k"}), "azure_search"),
    ],
)  # fmt: skip
def test_what_clients_are_known_to_write_is_understood(entry: dict[str, Any], kind: str) -> None:
    assert read(entry).type == kind


def test_a_separator_may_come_as_two_characters() -> None:
    found = read(source(fields_mapping={"content_fields_separator": "\\n"}))
    assert found.parameters.fields_mapping.content_fields_separator == "\n"


@pytest.mark.parametrize(
    ("entry", "param"),
    [
        ("azure_search", "data_sources[0]"),
        ({"type": "oracle", "parameters": {}}, "data_sources[0].type"),
        (SEARCH, "data_sources[0].parameters.authentication"),
        (source(index_name=""), "data_sources[0].parameters.index_name"),
        (source(strictness=6), "data_sources[0].parameters.strictness"),
        (source(top_n_documents=0), "data_sources[0].parameters.top_n_documents"),
        (source(top_n_documents="many"), "data_sources[0].parameters"),
        (source(include_contexts=["everything"]), "data_sources[0].parameters.include_contexts"),
        (source(query_type="vector"), "data_sources[0].parameters.embedding_dependency"),
        (source(query_type="fuzzy"), "data_sources[0].parameters.query_type"),
        (source(authentication={"type": "password"}), "data_sources[0].parameters.authentication.type"),
        (source(authentication={"type": "api_key"}), "data_sources[0].parameters.authentication.key"),
        (source("mongo_db", fields_mapping={}), "data_sources[0].parameters.fields_mapping.content_fields"),
        (
            source("elasticsearch", embedding_dependency={"type": "integrated"}),
            "data_sources[0].parameters.embedding_dependency.type",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(entry: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read(entry)
    assert raised.value.param == param


def test_an_error_does_not_echo_a_secret() -> None:
    with pytest.raises(InvalidRequest) as raised:
        read(source(authentication={"type": "api_key", "key": ["sk-canary-123"]}))
    assert "canary" not in str(raised.value)
    assert "canary" not in repr(read(source(authentication={"type": "api_key", "key": "sk-canary-123"})))


def test_secrets_leave_the_json_and_come_back() -> None:
    whole = source(
        embedding_dependency={
            "type": "endpoint",
            "endpoint": "https://e",
            "authentication": {"type": "api_key", "key": "other"},
        },
    )["parameters"]
    shown, secrets = pointers.part(whole)
    assert secrets == {"/authentication/key": "k", "/embedding_dependency/authentication/key": "other"}
    assert shown["authentication"] == {"type": "api_key", "key": None}
    assert pointers.joined(shown, secrets) == whole


def test_an_intent_is_read_as_a_list_in_a_string_and_as_a_plain_string() -> None:
    assert context.queries('["dog care", "dog food"]') == ["dog care", "dog food"]
    assert context.queries("dog care") == ["dog care"]
    assert context.queries(None) == []


def test_each_type_has_parameters_of_its_own() -> None:
    found: DataSource = read(source("elasticsearch"))
    assert isinstance(found.parameters, Elasticsearch)
    assert found.parameters.endpoint == "https://e.test"
