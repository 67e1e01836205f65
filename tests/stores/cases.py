"""Every external source as a test wants it: its server, its parameters, and how each of them can be wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from conversations.completions.data_sources import read
from conversations.completions.embeddings import Vectors
from conversations.retrieval import RetrievalError, Retriever, mongo, pinecone, retriever
from conversations.retrieval.base import Access, Setting
from tests.stores import ranking
from tests.stores.azure import AzureSearch
from tests.stores.elastic import Elastic
from tests.stores.mongo import Atlas, Cosmos
from tests.stores.pinecone import Pinecone

QUESTION = "parental leave after a birth"  # found in the first document
EVERYBODY = Access()
EMBEDDED = {"type": "deployment_name", "deployment_name": "embedder"}
MAPPED = {
    "title_field": "title",
    "url_field": "url",
    "filepath_field": "filepath",
    "content_fields": ["content"],
}


async def embed(texts: list[str]) -> Vectors:
    return [ranking.vector(each) for each in texts]


@dataclass
class Case:
    """`secret` must never be shown. `denied` and `missing` are changes of parameters: a wrong key, a wrong index."""

    kind: str
    server: Any
    parameters: dict[str, Any]
    secret: str
    denied: dict[str, Any]
    missing: dict[str, Any]
    filter: str
    made: list[Retriever] = field(default_factory=list)

    def setting(self, access: Access = EVERYBODY, embed: Any = embed, **changes: Any) -> Setting:
        source = read({"type": self.kind, "parameters": {**self.parameters, **changes}})
        return Setting(name="Our handbook", source=source, access=access, embed=embed)

    def retriever(self, access: Access = EVERYBODY, embed: Any = embed, **changes: Any) -> Retriever:
        self.made.append(retriever(self.setting(access, embed, **changes)))
        return self.made[-1]


def azure_search(server: AzureSearch) -> Case:
    return Case(
        "azure_search",
        server,
        {
            "endpoint": server.address,
            "index_name": "docs",
            "authentication": {"type": "api_key", "key": server.key},
            "fields_mapping": MAPPED,
        },
        secret=server.key,
        denied={"authentication": {"type": "api_key", "key": "another-secret-key"}},
        missing={"index_name": "nowhere"},
        filter="groups/any(g: search.in(g, {groups}))",
    )


def elasticsearch(server: Elastic) -> Case:
    return Case(
        "elasticsearch",
        server,
        {
            "endpoint": server.address,
            "index_name": "docs",
            "authentication": {"type": "key_and_key_id", "key": server.key, "key_id": server.key_id},
            "fields_mapping": {**MAPPED, "filepath_field": "file.path"},
        },
        secret=server.key,
        denied={"authentication": {"type": "encoded_api_key", "encoded_api_key": "YW5vdGhlcjpzZWNyZXQta2V5"}},
        missing={"index_name": "nowhere"},
        filter='{"terms": {"groups": "{groups}"}}',
    )


def in_pinecone(server: Pinecone) -> Case:
    return Case(
        "pinecone",
        server,
        {
            "environment": "us-east-1",
            "index_name": "docs",
            "authentication": {"type": "api_key", "key": server.key},
            "embedding_dependency": EMBEDDED,
            "fields_mapping": MAPPED,
        },
        secret=server.key,
        denied={"authentication": {"type": "api_key", "key": "another-secret-key"}},
        missing={"index_name": "nowhere"},
        filter='{"groups": {"$in": "{groups}"}}',
    )


def mongo_db(server: Atlas) -> Case:
    return Case(
        "mongo_db",
        server,
        {
            "endpoint": f"127.0.0.1:{server.port}",
            "app_name": "Cluster0",
            "database_name": "company",
            "collection_name": "docs",
            "index_name": "docs-by-vector",
            "authentication": {"type": "username_and_password", "username": server.user, "password": server.password},
            "embedding_dependency": EMBEDDED,
            "fields_mapping": {**MAPPED, "vector_fields": ["contentvector"]},
        },
        secret=server.password,
        denied={
            "authentication": {"type": "username_and_password", "username": "somebody", "password": "wrong-password"}
        },
        missing={"index_name": "nowhere"},
        filter='{"groups": {"$in": "{groups}"}}',
    )


def cosmos_db(server: Cosmos) -> Case:
    def connecting(user: str, password: str) -> dict[str, str]:
        address = f"mongodb://{user}:{password}@127.0.0.1:{server.port}/?authMechanism=SCRAM-SHA-256&retrywrites=false"
        return {"type": "connection_string", "connection_string": address}

    return Case(
        "azure_cosmos_db",
        server,
        {
            "database_name": "company",
            "container_name": "docs",
            "index_name": "docs-by-vector",
            "authentication": connecting(server.user, server.password),
            "embedding_dependency": EMBEDDED,
            "fields_mapping": {**MAPPED, "vector_fields": ["contentvector"]},
        },
        secret=server.password,
        denied={"authentication": connecting("somebody", "wrong-password")},
        missing={"container_name": "nowhere"},
        filter='{"groups": {"$in": "{groups}"}}',
    )


SERVERS: dict[str, tuple[Any, Any]] = {
    "azure_search": (AzureSearch, azure_search),
    "azure_cosmos_db": (Cosmos, cosmos_db),
    "mongo_db": (Atlas, mongo_db),
    "elasticsearch": (Elastic, elasticsearch),
    "pinecone": (Pinecone, in_pinecone),
}


@asynccontextmanager
async def case(kind: str, monkeypatch: Any) -> AsyncIterator[Case]:
    server, described = SERVERS[kind]
    async with server() as running:
        monkeypatch.setattr(mongo, "CONNECTING", 1.0)
        monkeypatch.setattr(pinecone, "CONTROL", running.address)
        found = described(running)
        yield found
        for each in found.made:
            await each.aclose()


def running(*kinds: str) -> Any:
    """A fixture: one of these stores after the other, as a `Case`."""

    @pytest.fixture(params=kinds)
    async def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Case]:
        async with case(request.param, monkeypatch) as found:
            yield found

    return store


async def failure(store: Case, **changes: Any) -> RetrievalError:
    """What a search with such parameters raises."""
    with pytest.raises(RetrievalError) as caught:
        await store.retriever(**changes).search(QUESTION, 3)
    return caught.value
