"""Elasticsearch and OpenSearch: field types, nested fields, what a key may see."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from conversations.retrieval.base import Access
from conversations.retrieval.errors import SourceDown, SourceFields, SourceRefused
from tests.stores import ranking
from tests.stores.cases import EMBEDDED, QUESTION, Case, elasticsearch
from tests.stores.elastic import Elastic
from tests.stores.serving import Instead

NEAR: dict[str, Any] = {"query_type": "vector", "embedding_dependency": EMBEDDED, "fields_mapping": {}}
MODEL = {"type": "model_id", "model_id": "e5"}


@pytest.fixture(params=["elasticsearch", "opensearch"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async with Elastic(request.param) as server:
        yield elasticsearch(server)


@pytest.fixture
async def elastic() -> AsyncIterator[Case]:
    async with Elastic() as server:
        yield elasticsearch(server)


def searched(store: Case) -> dict[str, Any]:
    body: dict[str, Any] = next(each.json for each in reversed(store.server.requests) if each.path.endswith("_search"))
    return body


@pytest.mark.parametrize("dependency", [EMBEDDED, MODEL], ids=["vector", "model"])
async def test_dense_vectors_are_compared_in_the_product_s_words(store: Case, dependency: dict[str, str]) -> None:
    hit = (await store.retriever(**{**NEAR, "embedding_dependency": dependency}).search(QUESTION, 1))[0]
    assert (hit.title, hit.chunk_id) == ("Parental leave", "leave-1")
    assert hit.cosine == pytest.approx(ranking.cosine(ranking.vector(QUESTION), ranking.vector(hit.content)))
    expected = {"elasticsearch": "knn", "opensearch": "query"}[store.server.product]
    assert expected in searched(store)


@pytest.mark.parametrize("dependency", [EMBEDDED, MODEL], ids=["vector", "model"])
async def test_a_filter_is_inside_the_comparison(store: Case, dependency: dict[str, str]) -> None:
    access = Access(store.filter, ("travellers",))
    hits = await store.retriever(access, **{**NEAR, "embedding_dependency": dependency}).search(QUESTION, 1)
    assert [each.title for each in hits] == ["Travel"]


async def test_sparse_vectors_are_asked_by_their_model(elastic: Case) -> None:
    mapping = {"content_fields": ["content"], "vector_fields": ["tokens"]}
    access = Access(elastic.filter, ("staff",))
    changes = {"query_type": "vector", "embedding_dependency": MODEL, "fields_mapping": mapping}
    hits = await elastic.retriever(access, **changes).search(QUESTION, 1)
    assert hits[0].content.startswith("Parents")
    (asked,) = searched(elastic)["query"]["bool"]["must"]
    assert asked == {"sparse_vector": {"field": "tokens", "inference_id": "e5", "query": QUESTION}}


async def test_a_sparse_field_cannot_be_asked_by_a_dense_vector(elastic: Case) -> None:
    mapping = {"content_fields": ["content"], "vector_fields": ["tokens"]}
    with pytest.raises(SourceFields, match="model_id"):
        await elastic.retriever(**{**NEAR, "fields_mapping": mapping}).search(QUESTION, 1)


async def test_obvious_fields_need_no_mapping_and_may_lie_in_objects(store: Case) -> None:
    hit = (await store.retriever(fields_mapping={}).search(QUESTION, 1))[0]
    assert (hit.title, hit.url, hit.filepath) == ("Parental leave", "https://intranet.test/leave", "handbook/leave.md")


async def test_nested_fields_are_asked_where_they_are_indexed(store: Case) -> None:
    mapping = {"content_fields": ["parts.text"], "title_field": "title"}
    hits = await store.retriever(fields_mapping=mapping).search("flights need consent", 3)
    assert hits[0].content == "Trains are booked in second class\nflights need a manager's consent."


async def test_a_key_that_sees_no_mapping_still_finds(store: Case) -> None:
    store.server.may_manage = False
    assert (await store.retriever(fields_mapping={}).search(QUESTION, 1))[0].title == "Parental leave"
    assert (await store.retriever(**NEAR).search(QUESTION, 1))[0].title == "Parental leave"
    stages = [each async for each in store.retriever(**NEAR).stages()]
    assert all(each.fine for each in stages), stages


async def test_the_test_names_product_and_version(store: Case) -> None:
    stages = [each async for each in store.retriever().stages()]
    assert stages[0].detail == f"{store.server.product} 9.1.0"


async def test_fields_without_obvious_names_are_listed(elastic: Case) -> None:
    elastic.server.properties = {"inhalt": {"type": "text"}, "wann": {"type": "date"}}
    with pytest.raises(SourceFields, match="Map one of: inhalt"):
        await elastic.retriever(fields_mapping={}).search(QUESTION, 1)


async def test_a_vector_field_that_is_not_there_is_refused_with_those_that_are(elastic: Case) -> None:
    mapping = {"content_fields": ["content"], "vector_fields": ["embedding"]}
    with pytest.raises(SourceFields, match="embedding.*content_vector"):
        await elastic.retriever(**{**NEAR, "fields_mapping": mapping}).search(QUESTION, 1)


async def test_an_unknown_model_is_said(elastic: Case) -> None:
    dependency = {"type": "model_id", "model_id": "e6"}
    with pytest.raises(SourceRefused, match="No known trained model"):
        await elastic.retriever(**{**NEAR, "embedding_dependency": dependency}).search(QUESTION, 1)


async def test_a_key_with_its_scheme_is_sent_as_it_is(elastic: Case) -> None:
    elastic.server.instead = Instead(401, b"Unauthorized")
    signing = {"type": "encoded_api_key", "encoded_api_key": "Basic dTpw"}
    stages = [each async for each in elastic.retriever(authentication=signing).stages()]
    assert elastic.server.requests[0].headers["authorization"] == "Basic dTpw"
    assert (stages[-1].name, "dTpw" in stages[-1].detail) == ("sign_in", False)


async def test_a_shard_that_is_away_is_not_left_out_unsaid(store: Case) -> None:
    store.server.shard_away = True
    with pytest.raises(SourceDown, match="missing shards"):
        await store.retriever().search(QUESTION, 1)


async def test_the_innermost_reason_is_told(elastic: Case) -> None:
    inner = {"type": "illegal_argument_exception", "reason": "the query vector has a different dimension [3]"}
    outer = {"type": "search_phase_execution_exception", "reason": "all shards failed"}
    body = {"error": {**outer, "failed_shards": [{"shard": 0, "reason": inner}]}, "status": 400}
    elastic.server.instead = Instead(400, json.dumps(body).encode())
    stages = [each async for each in elastic.retriever().stages()]
    assert "all shards failed: the query vector has a different dimension [3]" in stages[-1].detail
