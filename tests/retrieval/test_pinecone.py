"""Pinecone: where it is asked, what a score says, and indexes of another kind."""

import pytest

from conversations.retrieval.errors import SourceRefused
from tests.stores import ranking
from tests.stores.cases import QUESTION, Case, running

store = running("pinecone")


async def test_the_index_is_looked_up_once_and_asked_at_its_host(store: Case) -> None:
    finder = store.retriever()
    await finder.search(QUESTION, 1)
    await finder.search("travel", 1)
    assert [each.path for each in store.server.requests] == ["/indexes/docs", "/query", "/query"]
    assert {each.headers["x-pinecone-api-version"] for each in store.server.requests} == {"2026-04"}


async def test_only_a_cosine_is_called_one(store: Case) -> None:
    hit = (await store.retriever().search(QUESTION, 1))[0]
    assert hit.cosine == hit.score
    assert hit.cosine == pytest.approx(ranking.cosine(ranking.vector(QUESTION), ranking.vector(hit.content)))
    store.server.metric = "euclidean"
    assert (await store.retriever().search(QUESTION, 1))[0].cosine is None


async def test_an_index_of_documents_is_said_to_be_one(store: Case) -> None:
    store.server.of_documents = True
    with pytest.raises(SourceRefused, match="another API"):
        await store.retriever().search(QUESTION, 1)


async def test_whatever_the_environment_the_host_is_the_one_described(store: Case) -> None:
    assert await store.retriever(environment="gcp-starter").search(QUESTION, 1)


async def test_metadata_without_the_content_field_is_no_passage(store: Case) -> None:
    mapping = {"content_fields": ["text"]}
    assert await store.retriever(fields_mapping=mapping).search(QUESTION, 3) == []
    stages = [each async for each in store.retriever(fields_mapping=mapping).stages()]
    assert stages[-1].name == "fields"
    assert "no metadata text. It has: title, content" in stages[-1].detail
