"""What every adapter of an external store does, against a server that speaks the store's documented API."""

import asyncio
from typing import Any

import pytest

from conversations.completions.errors import BadKey
from conversations.retrieval import Stage, http, mongo
from conversations.retrieval.base import KINDS, Access
from conversations.retrieval.errors import (
    SourceIndex,
    SourceKey,
    SourceRefused,
    SourceUnreachable,
    SourceVectors,
)
from conversations.retrieval.mongo import Mongo
from conversations.retrieval.store import Store
from conversations.retrieval.vectors import Vectors
from tests.stores.cases import EMBEDDED, QUESTION, SERVERS, Case, failure, running
from tests.stores.serving import Instead

# A socket that pymongo is connecting when it is cancelled is closed by nobody but the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

STAFF = Access("", ("staff",))
STAGES = {"reach", "sign_in", "index", "fields", "query"}


store = running(*SERVERS)


async def tried(store: Case, **changes: Any) -> list[Stage]:
    return [each async for each in store.retriever(**changes).stages()]


@pytest.mark.parametrize("half", [Store, Mongo, Vectors])
def test_an_adapter_that_leaves_something_out_is_not_made(half: Any) -> None:
    with pytest.raises(TypeError, match="abstract"):
        half(None)


def test_every_external_kind_is_held_to_this() -> None:
    assert SERVERS.keys() == KINDS.keys() - {"local"}


async def test_it_finds_the_passage_with_all_that_a_citation_shows(store: Case) -> None:
    hits = await store.retriever().search(QUESTION, 3)
    first = hits[0]
    assert first.content == "Parents may take twenty-six weeks of parental leave after a birth."
    assert (first.title, first.url) == ("Parental leave", "https://intranet.test/leave")
    assert first.filepath == "handbook/leave.md"
    assert first.score > 0
    assert [each.score for each in hits] == sorted((each.score for each in hits), reverse=True)


async def test_no_more_than_the_limit_comes_back(store: Case) -> None:
    assert len(await store.retriever().search("leave travel board the", 1)) == 1


async def test_what_is_nowhere_is_not_found(store: Case) -> None:
    store.server.documents = store.server.vectors = []
    assert await store.retriever().search(QUESTION, 3) == []


async def test_signs_of_query_languages_are_only_words(store: Case) -> None:
    hits = await store.retriever().search('-parental "leave (AND $ne: + {"a"} \\ \' | *', 3)
    assert hits[0].title == "Parental leave"


async def test_content_fields_are_joined(store: Case) -> None:
    mapping = {**store.parameters["fields_mapping"], "content_fields": ["title", "content"]}
    mapping["content_fields_separator"] = " – "
    hits = await store.retriever(fields_mapping=mapping).search(QUESTION, 1)
    assert hits[0].content.startswith("Parental leave – Parents may take")


async def test_a_wrong_key_is_said_and_not_repeated(store: Case) -> None:
    error = await failure(store, **store.denied)
    assert isinstance(error, SourceKey)
    assert "“Our handbook”" in str(error)
    assert all(each not in repr(error) for each in store.denied["authentication"].values())


async def test_an_unknown_index_is_named_with_those_that_exist(store: Case) -> None:
    error = await failure(store, **store.missing)
    assert isinstance(error, SourceIndex)
    assert "nowhere" in str(error)
    assert "docs" in str(error)


async def test_a_store_that_is_down_is_unreachable(store: Case) -> None:
    await store.server.aclose()
    error = await failure(store)
    assert isinstance(error, SourceUnreachable)
    assert error.retryable


async def test_a_slow_store_is_not_waited_for_for_ever(store: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.05)
    monkeypatch.setattr(mongo, "PATIENCE", 0.05)
    store.server.instead = Instead(silent=True)
    assert isinstance(await failure(store), SourceUnreachable)


async def test_a_search_can_be_cancelled_and_lets_its_connection_go(store: Case) -> None:
    store.server.instead = Instead(silent=True)
    finder = store.retriever()
    searching = asyncio.create_task(finder.search(QUESTION, 3))
    await store.server.asked()
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    await finder.aclose()
    await store.server.left()


async def test_an_access_filter_lets_through_what_its_groups_may_read(store: Case) -> None:
    access = Access(store.filter, ("travellers", "o'brien, sons", 'x"}) or (true'))
    hits = await store.retriever(access).search("parental leave travel board the", 5)
    assert {each.title for each in hits} == {"Parental leave", "Travel"}


@pytest.mark.parametrize("groups", [(), ("",), (" ",)])
async def test_whoever_is_in_no_group_finds_nothing_and_asks_nothing(store: Case, groups: tuple[str, ...]) -> None:
    assert await store.retriever(Access(store.filter, groups)).search(QUESTION, 5) == []
    assert store.server.requests == []


@pytest.mark.parametrize("template", ["groups", '{"groups": "staff"}', '{"groups": "in {groups}"}', "g eq '{groups}'"])
async def test_a_filter_that_would_not_filter_is_refused(store: Case, template: str) -> None:
    error = await failure(store, access=Access(template, ("staff",)))
    assert isinstance(error, SourceRefused)


async def test_an_embedding_that_fails_is_said(store: Case) -> None:
    async def refuse(texts: list[str]) -> list[list[float]]:
        raise BadKey("HTTP 401: no")

    changes = {} if store.kind in {"pinecone", "mongo_db", "azure_cosmos_db"} else {"query_type": "vector"}
    mapping = {**store.parameters["fields_mapping"], "vector_fields": [vector_field(store)]}
    dependency = {"embedding_dependency": EMBEDDED, "fields_mapping": mapping}
    error = await failure(store, embed=refuse, **changes, **dependency)
    assert isinstance(error, SourceVectors)
    assert "HTTP 401" in str(error)


async def test_other_dimensions_are_said(store: Case) -> None:
    async def short(texts: list[str]) -> list[list[float]]:
        return [[0.5, 0.5, 0.5] for _ in texts]

    changes = {} if store.kind in {"pinecone", "mongo_db", "azure_cosmos_db"} else {"query_type": "vector"}
    mapping = {**store.parameters["fields_mapping"], "vector_fields": [vector_field(store)]}
    dependency = {"embedding_dependency": EMBEDDED, "fields_mapping": mapping}
    error = await failure(store, embed=short, **changes, **dependency)
    assert isinstance(error, SourceVectors)
    assert "dimension" in str(error)
    stages = await tried(store, embed=short, **changes, **dependency)
    assert (stages[-1].name, stages[-1].fine) == ("dimensions", False)


def vector_field(store: Case) -> str:
    return "content_vector" if store.kind == "elasticsearch" else "contentvector"


async def test_its_test_goes_through_every_stage(store: Case) -> None:
    stages = await tried(store)
    assert all(each.fine for each in stages), stages
    assert {each.name for each in stages} >= STAGES
    assert stages[-1].name == "query"
    assert "found" in stages[-1].detail


@pytest.mark.parametrize(("wrong", "at"), [("denied", "sign_in"), ("missing", "index")])
async def test_its_test_stops_where_something_is_wrong(store: Case, wrong: str, at: str) -> None:
    stages = await tried(store, **getattr(store, wrong))
    assert (stages[-1].name, stages[-1].fine) == (at, False)
    assert all(each.fine for each in stages[:-1])


async def test_its_test_says_that_nobody_answers(store: Case) -> None:
    await store.server.aclose()
    stages = await tried(store)
    assert [(each.name, each.fine) for each in stages] == [("reach", False)]


async def test_its_test_lists_the_fields_that_exist(store: Case) -> None:
    mapping = {**store.parameters["fields_mapping"], "content_fields": ["body_of_text"]}
    stages = await tried(store, fields_mapping=mapping)
    assert (stages[-1].name, stages[-1].fine) == ("fields", False)
    assert "body_of_text" in stages[-1].detail
    assert "content" in stages[-1].detail.replace("body_of_text", "")


async def test_its_test_says_that_the_index_is_empty(store: Case) -> None:
    store.server.documents = store.server.vectors = []
    stages = await tried(store)
    assert not stages[-1].fine
    assert "is empty" in stages[-1].detail


async def test_a_document_of_five_megabytes_is_a_passage_like_others(store: Case) -> None:
    document = store.server.documents[0] if hasattr(store.server, "documents") else store.server.vectors[0]["metadata"]
    document["content"] += " birth" * 900_000
    hits = await store.retriever().search(QUESTION, 3)
    assert any(each.content.startswith("Parents") and len(each.content) == 100_000 for each in hits)


async def test_what_an_index_is_like_is_read_once_for_queries_at_once(store: Case) -> None:
    changes = {} if store.kind in {"pinecone", "mongo_db", "azure_cosmos_db"} else {"fields_mapping": {}}
    finder = store.retriever(**changes)
    found = await asyncio.gather(
        *(finder.search(each, 1) for each in (QUESTION, "trains in second class", "merger board"))
    )
    assert [each[0].title for each in found] == ["Parental leave", "Travel", "Board minutes"]
    looked = [
        each for each in store.server.requests if each.method in {"GET", "listIndexes"} or "$listSearch" in str(each)
    ]
    assert len(looked) == 1
