"""The vendors' own clients work with the servers that tests stand on, and send what our adapters send.

So neither those servers nor the adapters can drift from the documented APIs together.
"""

import asyncio
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.search.documents.aio import SearchClient
from azure.search.documents.indexes.aio import SearchIndexClient
from azure.search.documents.models import VectorizableTextQuery, VectorizedQuery
from elasticsearch import AsyncElasticsearch, AuthenticationException, BadRequestError, NotFoundError
from pinecone import Pinecone as PineconeClient
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from conversations.retrieval import azure_search
from conversations.retrieval.base import Access
from tests.stores import ranking
from tests.stores.cases import EMBEDDED, MAPPED, QUESTION, Case, case, running

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
VECTOR = ranking.vector(QUESTION)
VECTORS = {"fields_mapping": {**MAPPED, "vector_fields": ["contentvector"]}}
SELECT = ["title", "url", "filepath", "content"]
azure, elastic, pinecone = running("azure_search"), running("elasticsearch"), running("pinecone")


async def sent(store: Case, path: str, **changes: Any) -> dict[str, Any]:
    """The body that our adapter sends to `path`."""
    access = Access(store.filter, ("staff", "o'brien")) if changes.pop("limited", False) else Access()
    await store.retriever(access, **changes).search(QUESTION, 3)
    body: dict[str, Any] = next(each.json for each in reversed(store.server.requests) if each.path.endswith(path))
    return body


def client(store: Case, key: str = "") -> SearchClient:
    credential = AzureKeyCredential(key or store.server.key)
    return SearchClient(store.server.address, "docs", credential, api_version=azure_search.VERSION)


ASKED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("simple", {}, {"search_text": QUESTION, "query_type": "simple"}),
    (
        "semantic",
        {"semantic_configuration": "default"},
        {"search_text": QUESTION, "query_type": "semantic", "semantic_configuration_name": "default"},
    ),
    (
        "vector",
        {"embedding_dependency": EMBEDDED, **VECTORS},
        {"vector_queries": [VectorizedQuery(vector=VECTOR, k_nearest_neighbors=3, fields="contentvector")]},
    ),
    (
        "vector_simple_hybrid",
        {"embedding_dependency": {"type": "integrated"}, **VECTORS},
        {
            "search_text": QUESTION,
            "query_type": "simple",
            "vector_queries": [VectorizableTextQuery(text=QUESTION, k_nearest_neighbors=50, fields="contentvector")],
        },
    ),
    (
        "vector_semantic_hybrid",
        {"embedding_dependency": EMBEDDED, **VECTORS},
        {
            "search_text": QUESTION,
            "query_type": "semantic",
            "vector_queries": [VectorizedQuery(vector=VECTOR, k_nearest_neighbors=50, fields="contentvector")],
        },
    ),
]


@pytest.mark.parametrize(("kind", "ours", "theirs"), ASKED, ids=[each[0] for each in ASKED])
async def test_azure_s_client_asks_the_same(azure: Case, kind: str, ours: Any, theirs: Any) -> None:
    body = await sent(azure, "/docs/search", query_type=kind, limited=True, **ours)
    select = body["select"].split(",")
    assert [each for each in select if each != "id"] == SELECT
    filtered = {"filter": "groups/any(g: search.in(g, 'staff|o''brien', '|'))"}
    async with client(azure) as searching:
        found = await searching.search(top=3, select=select, **filtered, **theirs)
        titles = [each["title"] async for each in found]
    assert titles[0] == "Parental leave"
    assert azure.server.requests[-1].json == body


async def test_azure_s_client_reads_definition_scores_and_errors(azure: Case) -> None:
    credential = AzureKeyCredential(azure.server.key)
    async with SearchIndexClient(azure.server.address, credential, api_version=azure_search.VERSION) as managing:
        index = await managing.get_index("docs")
    assert {each.name: each.vector_search_dimensions for each in index.fields}["contentvector"] == ranking.DIMENSIONS
    async with client(azure) as searching:
        found = await searching.search(QUESTION, query_type="semantic", include_total_count=True)
        first = await anext(aiter(found))
        assert (first["@search.reranker_score"], await found.get_count()) == (2.5, 3)
        with pytest.raises(HttpResponseError, match="property named"):
            await anext(aiter(await searching.search(QUESTION, select=["nothing"])))
    async with client(azure, "wrong") as searching:
        with pytest.raises(HttpResponseError, match="Access denied"):
            await anext(aiter(await searching.search(QUESTION)))
    async with SearchClient(azure.server.address, "nowhere", credential, api_version=azure_search.VERSION) as searching:
        with pytest.raises(ResourceNotFoundError):
            await anext(aiter(await searching.search(QUESTION)))


ELASTIC: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"query": {"multi_match": {"query": QUESTION, "fields": ["title", "content"]}}}),
    (
        {"query_type": "vector", "embedding_dependency": EMBEDDED},
        {"knn": {"field": "content_vector", "query_vector": VECTOR, "k": 3, "num_candidates": 100}},
    ),
    (
        {"query_type": "vector", "embedding_dependency": {"type": "model_id", "model_id": "e5"}},
        {
            "knn": {
                "field": "content_vector",
                "query_vector_builder": {"text_embedding": {"model_id": "e5", "model_text": QUESTION}},
                "k": 3,
                "num_candidates": 100,
            }
        },
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), ELASTIC, ids=["words", "vector", "model"])
async def test_elastic_s_client_asks_the_same(elastic: Case, ours: Any, theirs: Any) -> None:
    mapping = {**elastic.parameters["fields_mapping"], "vector_fields": ["content_vector"]}
    body = await sent(elastic, "/_search", fields_mapping=mapping, **ours)
    signing = (elastic.server.key_id, elastic.server.key)
    async with AsyncElasticsearch(elastic.server.address, api_key=signing) as searching:
        fields = ["title", "url", "file.path", "content"]
        found = await searching.search(index="docs", size=3, source=fields, **theirs)
    assert found["hits"]["hits"][0]["_source"]["title"] == "Parental leave"
    assert elastic.server.requests[-1].json == body
    ours_, theirs_ = (elastic.server.requests[at].headers["authorization"] for at in (-2, -1))
    assert ours_ == theirs_


async def test_elastic_s_client_reads_mapping_and_errors(elastic: Case) -> None:
    server = elastic.server
    async with AsyncElasticsearch(server.address, api_key=server.encoded) as searching:
        assert (await searching.info())["version"]["number"]
        mapping = await searching.indices.get_mapping(index="docs")
        assert mapping["docs"]["mappings"]["properties"]["content_vector"]["dims"] == ranking.DIMENSIONS
        assert (await searching.field_caps(index="docs", fields="*"))["fields"]["content"]["text"]
        assert (await searching.indices.resolve_index(name="*"))["indices"][0]["name"] == "docs"
        with pytest.raises(NotFoundError):
            await searching.search(index="nowhere")
        with pytest.raises(BadRequestError):
            await searching.search(index="docs", knn={"field": "no", "query_vector": VECTOR, "k": 1})
    async with AsyncElasticsearch(server.address, api_key="d3Jvbmc6a2V5") as searching:
        with pytest.raises(AuthenticationException):
            await searching.search(index="docs")


async def test_pinecone_s_client_asks_the_same(pinecone: Case) -> None:
    body = await sent(pinecone, "/query", limited=True)
    server = pinecone.server

    def ask() -> Any:
        with PineconeClient(api_key=server.key, host=server.address) as searching:
            described = searching.describe_index("docs")
            assert (described.dimension, described.host) == (ranking.DIMENSIONS, f"https://127.0.0.1:{server.port}")
            index = searching.Index(host=server.address)
            groups = {"groups": {"$in": ["staff", "o'brien"]}}
            return index.query(vector=VECTOR, top_k=3, include_metadata=True, filter=groups)

    found = await asyncio.to_thread(ask)
    assert found.matches[0].metadata["title"] == "Parental leave"
    theirs = server.requests[-1].json
    assert theirs.pop("vector") == pytest.approx(body.pop("vector"))
    assert theirs == body


async def test_pymongo_reads_the_pipelines_that_are_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case("mongo_db", monkeypatch) as atlas, case("azure_cosmos_db", monkeypatch) as cosmos:
        near = {"index": "docs-by-vector", "path": "contentvector", "queryVector": VECTOR}
        vector_search = {"$vectorSearch": {**near, "numCandidates": 100, "limit": 1}}
        in_cosmos = {"vector": VECTOR, "path": "contentvector", "k": 1}
        for store, stage, meta in (
            (atlas, vector_search, "vectorSearchScore"),
            (cosmos, {"$search": {"cosmosSearch": in_cosmos, "returnStoredSource": True}}, "searchScore"),
        ):
            signing = {"username": store.server.user, "password": store.server.password}
            async with AsyncMongoClient("127.0.0.1", store.server.port, **signing) as searching:
                docs = searching["company"]["docs"]
                shown = {"title": 1, "score": {"$meta": meta}}
                (first,) = await (await docs.aggregate([stage, {"$project": shown}])).to_list()
                assert (first["title"], first["score"] > 0.5) == ("Parental leave", True)
                with pytest.raises(OperationFailure):
                    await docs.aggregate([{"$vectorsearch": {}}])
