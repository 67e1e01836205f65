"""Programs with keys, inside this process: conformance over a real socket is in test_openai_client.py."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from conversations.completions.offline.transport import OfflineTransport
from conversations.models import ApiKey, Call, DataSource, Operation
from tests.api.serving import served
from tests.stores.elastic import Elastic


class Program:
    """Calls the API with a key; answers as the test client gives them."""

    def __init__(self, key):
        self.key = key
        self.client = AsyncClient()

    async def get(self, address, **headers):
        return await self.client.get(address, headers={"Authorization": f"Bearer {self.key.secret}", **headers})

    async def post(self, address, body, **headers):
        given = {"Authorization": f"Bearer {self.key.secret}", **headers}
        return await self.client.post(address, body, content_type="application/json", headers=given)


def make_key(owner, **facts):
    key = ApiKey(owner=owner, name="program", **facts)
    key.issue()
    return key


async def noted(count=1):
    """The calls that were written down: the caller has its answer a moment before."""
    async with asyncio.timeout(5):
        while await Call.objects.acount() < count:  # noqa: ASYNC110 - written by another task
            await asyncio.sleep(0.02)
    return [each async for each in Call.objects.order_by("pk")]


@pytest.fixture
async def program(person):
    return Program(await sync_to_async(make_key)(person))


@pytest.fixture
async def embedding_program(person):
    return Program(await sync_to_async(make_key)(person, operations=[Operation.EMBEDDINGS]))


@pytest.fixture
async def address(transactional_db):
    """Of a server that runs for this test."""
    async with served() as address:
        yield address


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """The built-in deployment takes no time."""
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))


@pytest.fixture
async def key(person):
    return await sync_to_async(make_key)(person)


@pytest.fixture
async def store():
    async with Elastic() as store:
        yield store


@pytest.fixture
def entry(store, settings):
    """A source that a program brings along, at an address that was named."""
    settings.ALLOWED_UPSTREAMS = ["127.0.0.1"]
    key = {"type": "encoded_api_key", "encoded_api_key": store.encoded}
    given = {"endpoint": store.address, "index_name": "docs", "authentication": key, "strictness": 1}
    return {"type": "elasticsearch", "parameters": given}


@pytest.fixture
async def stored(entry, offline):
    """The same as a source that is set up here, under a name."""

    def make():
        source = DataSource(name="Employee handbook")
        source.configure(entry["type"], entry["parameters"])
        source.save()
        return source

    return await sync_to_async(make)()
