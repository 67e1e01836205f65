"""MongoDB Atlas and Cosmos DB: what finds nothing in silence, addresses that are not taken, and odd texts."""

import asyncio
import sys
from typing import Any

import pytest

from conversations.completions.errors import BadKey
from conversations.retrieval import mongo
from conversations.retrieval.base import Access
from conversations.retrieval.errors import (
    SourceAnswer,
    SourceDown,
    SourceForbidden,
    SourceIndex,
    SourceRefused,
    SourceUnreachable,
    SourceVectors,
)
from tests.stores import ranking
from tests.stores.cases import QUESTION, Case, failure, running
from tests.stores.serving import Instead

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


store = running("mongo_db", "azure_cosmos_db")
atlas, cosmos = running("mongo_db"), running("azure_cosmos_db")


async def test_the_score_says_the_cosine(store: Case) -> None:
    hit = (await store.retriever().search(QUESTION, 1))[0]
    assert hit.cosine == pytest.approx(ranking.cosine(ranking.vector(QUESTION), ranking.vector(hit.content)))
    assert hit.chunk_id == "leave-1"


async def test_a_user_who_may_list_nothing_still_finds(store: Case) -> None:
    store.server.may_list = False
    hits = await store.retriever().search(QUESTION, 1)
    assert (hits[0].title, hits[0].cosine is None) == ("Parental leave", store.kind == "mongo_db")


async def test_a_wrong_database_is_named_with_those_that_exist(store: Case) -> None:
    error = await failure(store, database_name="compny")
    assert isinstance(error, SourceIndex)
    assert "“compny” is empty or not there. There are: company" in str(error)


async def test_a_wrong_collection_is_named_with_those_that_exist(atlas: Case) -> None:
    error = await failure(atlas, collection_name="dcos")
    assert "company has no collection “dcos”. It has: docs" in str(error)


async def test_an_index_that_is_being_built_is_waited_for(atlas: Case) -> None:
    atlas.server.built = False
    error = await failure(atlas)
    assert isinstance(error, SourceDown)
    assert error.retryable


async def test_a_wrong_index_of_cosmos_is_found_by_the_test(cosmos: Case) -> None:
    stages = [each async for each in cosmos.retriever(index_name="nowhere").stages()]
    assert (stages[-1].name, stages[-1].fine) == ("index", False)
    assert "It has: docs-by-vector" in stages[-1].detail


async def test_a_filter_on_a_field_outside_the_index_is_refused(atlas: Case) -> None:
    error = await failure(atlas, access=Access('{"title": {"$in": "{groups}"}}', ("staff",)))
    assert isinstance(error, SourceRefused)
    assert "needs to be indexed as filter" in str(error)


async def test_several_vector_fields_bring_each_document_once(store: Case) -> None:
    mapping = {**store.parameters["fields_mapping"], "vector_fields": ["contentvector", "contentvector"]}
    hits = await store.retriever(fields_mapping=mapping).search(QUESTION, 3)
    assert len({each.chunk_id for each in hits}) == len(hits) == 3


async def test_broken_text_costs_its_signs_only(store: Case) -> None:
    store.server.documents[0] |= {"title": "Leave\0", "picture": b"\x89PNG"}
    plain = store.server.converse

    async def odd(reader: Any) -> bytes:
        return bytes((await plain(reader)).replace(b"Parents", b"\xff\xferents"))

    store.server.converse = odd
    mapping = {**store.parameters["fields_mapping"], "content_fields": ["content", "picture"]}
    hit = (await store.retriever(fields_mapping=mapping).search(QUESTION, 1))[0]
    assert (hit.title, hit.content[:11]) == ("Leave\ufffd", "\ufffd\ufffdrents may")
    assert "PNG" not in hit.content


async def test_an_embedding_that_fails_ends_what_else_was_under_way(
    store: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(texts: list[str]) -> list[list[float]]:
        await store.server.asked()
        raise BadKey("HTTP 401: no")

    monkeypatch.setattr(mongo, "CONNECTING", 60.0)
    store.server.instead = Instead(silent=True)
    finder = store.retriever(embed=refuse)
    async with asyncio.timeout(5):
        with pytest.raises(SourceVectors):
            await finder.search(QUESTION, 3)
    await finder.aclose()
    await store.server.left()


def connecting(address: str) -> dict[str, Any]:
    return {"authentication": {"type": "connection_string", "connection_string": address}}


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("mongodb://u:secret-word@169.254.169.254/", SourceForbidden),
        ("mongodb://u:secret-word@[::ffff:169.254.169.254]:27017/", SourceForbidden),
        ("mongodb://u:secret-word@%2Ftmp%2Fmongodb.sock/", SourceForbidden),
        ("mongodb://u:secret-word@h/?tlsCAFile=/etc/passwd", SourceRefused),
        ("mongodb://u:secret-word@h/?tlsInsecure=true&tls=true", SourceRefused),
        ("mongodb://h/?authMechanism=MONGODB-AWS", SourceRefused),
        ("mongodb://h/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:azure", SourceRefused),
        ("mongodb://u:p@ss:secret-word@h/", SourceRefused),
        ("secret-word", SourceRefused),
        ("mongodb://u:secret-word@nowhere.invalid/", SourceUnreachable),
        ("mongodb+srv://u:secret-word@nowhere.invalid/", SourceUnreachable),
    ],
)
async def test_an_address_that_must_not_be_asked_is_refused(cosmos: Case, address: str, kind: type) -> None:
    error = await failure(cosmos, **connecting(address))
    assert type(error) is kind, error
    assert "secret-word" not in repr(error)


async def test_an_endpoint_of_atlas_leads_nowhere_forbidden(atlas: Case) -> None:
    assert isinstance(await failure(atlas, endpoint="169.254.169.254:27017"), SourceForbidden)


async def test_without_the_library_it_says_what_to_install(atlas: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymongo", None)
    error = await failure(atlas)
    assert "requirements-mongo.lock" in str(error)


async def test_another_protocol_is_said_so(cosmos: Case) -> None:
    async def converse(_reader: Any) -> bytes:
        return b"HTTP/1.1 400 Bad Request\r\n\r\n"

    cosmos.server.converse = converse
    error = await failure(cosmos)
    assert isinstance(error, SourceUnreachable | SourceAnswer)
