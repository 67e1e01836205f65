"""Azure AI Search: its query types, fields that nobody mapped, and the ways to sign in."""

import json
from typing import Any

import pytest

from conversations.completions import identity
from conversations.retrieval.errors import SourceAnswer, SourceFields, SourceForbidden, SourceKey
from tests.stores import ranking
from tests.stores.azure import text
from tests.stores.cases import EMBEDDED, QUESTION, Case, running
from tests.stores.serving import Instead
from tests.upstream import FakeUpstream

NOTHING: dict[str, Any] = {"fields_mapping": {}}


azure = running("azure_search")


def asked(store: Case) -> dict[str, Any]:
    body: dict[str, Any] = store.server.requests[-1].json
    return body


async def test_obvious_fields_need_no_mapping(azure: Case) -> None:
    hit = (await azure.retriever(**NOTHING).search(QUESTION, 1))[0]
    assert (hit.title, hit.url, hit.filepath) == ("Parental leave", "https://intranet.test/leave", "handbook/leave.md")
    assert hit.chunk_id == "leave-1"
    assert asked(azure)["select"] == "id,title,url,filepath,content"


async def test_a_query_key_sees_no_definition_and_still_finds(azure: Case) -> None:
    signing = {"authentication": {"type": "api_key", "key": azure.server.query_key}}
    hit = (await azure.retriever(**signing, **NOTHING).search(QUESTION, 1))[0]
    assert (hit.title, hit.content[:7]) == ("Parental leave", "Parents")
    stages = [each async for each in azure.retriever(**signing, **NOTHING).stages()]
    assert all(each.fine for each in stages), stages


async def test_fields_without_obvious_names_are_listed(azure: Case) -> None:
    azure.server.definition["fields"] = [text("id", key=True), text("inhalt"), text("überschrift")]
    with pytest.raises(SourceFields, match="id, inhalt, überschrift"):
        await azure.retriever(**NOTHING).search(QUESTION, 1)


async def test_a_mapped_field_that_is_not_there_is_refused_with_those_that_are(azure: Case) -> None:
    with pytest.raises(SourceFields, match="body.*contentvector"):
        await azure.retriever(fields_mapping={"content_fields": ["body"]}).search(QUESTION, 1)


async def test_the_score_of_a_vector_says_its_cosine(azure: Case) -> None:
    finder = azure.retriever(query_type="vector", embedding_dependency=EMBEDDED, **NOTHING)
    hit = (await finder.search(QUESTION, 1))[0]
    assert hit.cosine == pytest.approx(ranking.cosine(ranking.vector(QUESTION), ranking.vector(hit.content)))
    assert hit.score == pytest.approx(1 / (2 - (hit.cosine or 0)))


async def test_other_metrics_and_hybrids_say_no_cosine(azure: Case) -> None:
    algorithm = azure.server.definition["vectorSearch"]["algorithms"][0]
    vectors = {"embedding_dependency": EMBEDDED, **NOTHING}
    hybrid = await azure.retriever(query_type="vector_simple_hybrid", **vectors).search(QUESTION, 1)
    algorithm["hnswParameters"]["metric"] = "euclidean"
    euclidean = await azure.retriever(query_type="vector", **vectors).search(QUESTION, 1)
    assert (hybrid[0].cosine, euclidean[0].cosine) == (None, None)


async def test_the_service_s_reranker_is_kept(azure: Case) -> None:
    hits = await azure.retriever(query_type="semantic", semantic_configuration="default").search(QUESTION, 1)
    assert hits[0].rerank_score == 2.5


async def test_image_vectors_are_asked_by_words_as_in_the_reference_s_example(azure: Case) -> None:
    azure.server.definition["fields"].append({**azure.server.definition["fields"][-1], "name": "image_vector"})
    for document in azure.server.documents:
        document["image_vector"] = document["contentvector"]
    mapping = {"image_vector_fields": ["image_vector"]}
    hits = await azure.retriever(embed=None, query_type="vector", fields_mapping=mapping).search(QUESTION, 1)
    assert hits[0].title == "Parental leave"
    assert asked(azure)["vectorQueries"] == [{"kind": "text", "text": QUESTION, "k": 1, "fields": "image_vector"}]


async def test_an_unknown_semantic_configuration_is_found_by_the_test(azure: Case) -> None:
    finder = azure.retriever(query_type="semantic", semantic_configuration="nowhere")
    stages = [each async for each in finder.stages()]
    assert (stages[-1].name, stages[-1].fine) == ("fields", False)
    assert "“nowhere”. There are: default" in stages[-1].detail


async def test_a_filter_of_the_source_holds(azure: Case) -> None:
    hits = await azure.retriever(filter="title eq 'Travel'").search("leave travel board the", 5)
    assert [each.title for each in hits] == ["Travel"]


async def test_an_access_token_is_a_bearer(azure: Case) -> None:
    signing = {"type": "access_token", "access_token": azure.server.token}
    assert await azure.retriever(authentication=signing).search(QUESTION, 1)
    assert "api-key" not in azure.server.requests[-1].headers


@pytest.mark.parametrize(
    ("signing", "asked_for"),
    [
        ({"type": "system_assigned_managed_identity"}, ""),
        (
            {"type": "user_assigned_managed_identity", "managed_identity_resource_id": "/subscriptions/1/id"},
            "msi_res_id=/sub",
        ),
    ],
)
async def test_a_managed_identity_signs_in_for_search(
    azure: Case,
    upstream: FakeUpstream,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    signing: dict[str, str],
    asked_for: str,
) -> None:
    identity._tokens.clear()
    settings.ALLOWED_UPSTREAMS = ["127.0.0.1"]
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", upstream.address)
    token = {"access_token": azure.server.token, "expires_in": "3600", "expires_on": "4102444800"}
    body = json.dumps({**token, "resource": "https://search.azure.com", "token_type": "Bearer"}).encode()
    upstream.raw(body, Content_Type="application/json")
    assert await azure.retriever(authentication=signing).search(QUESTION, 1)
    assert "search.azure.com" in upstream.requests[0].query
    assert asked_for in upstream.requests[0].query
    identity._tokens.clear()


async def test_the_token_of_this_machine_goes_to_no_address_of_somebody_else_s(azure: Case) -> None:
    with pytest.raises(SourceForbidden, match="not one of Azure's own"):
        await azure.retriever(authentication={"type": "system_assigned_managed_identity"}).search(QUESTION, 1)
    assert not azure.server.requests


async def test_a_machine_without_identity_is_said_so(
    azure: Case, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    identity._tokens.clear()
    settings.ALLOWED_UPSTREAMS = ["127.0.0.1"]
    monkeypatch.setitem(__import__("sys").modules, "azure.identity.aio", None)
    with pytest.raises(SourceKey, match="azure-identity"):
        await azure.retriever(authentication={"type": "system_assigned_managed_identity"}).search(QUESTION, 1)


async def test_scores_that_are_no_numbers_do_not_matter(azure: Case) -> None:
    row = {"@search.score": "high", "@search.rerankerScore": {}, "content": "Text", "title": 7, "url": None}
    azure.server.instead = Instead(200, json.dumps({"value": [row, "odd", {"content": None}]}).encode())
    (hit,) = await azure.retriever().search(QUESTION, 3)
    assert (hit.score, hit.rerank_score, hit.title, hit.url) == (0.0, None, "7", None)


@pytest.mark.parametrize("value", ["{}", '{"value": {}}', '{"value": null}'])
async def test_a_list_that_is_none_is_odd(azure: Case, value: str) -> None:
    azure.server.instead = Instead(200, value.encode())
    with pytest.raises(SourceAnswer):
        await azure.retriever().search(QUESTION, 3)


async def test_a_key_with_odd_signs_is_not_sent(azure: Case) -> None:
    with pytest.raises(SourceKey, match="characters"):
        await azure.retriever(authentication={"type": "api_key", "key": "ключ\r\nX: y"}).search(QUESTION, 3)
    assert azure.server.requests == []
