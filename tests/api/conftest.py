"""Programs with keys, inside this process: conformance over a real socket is in test_openai_client.py."""

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from conversations.models import ApiKey, Operation
from tests.api.serving import served


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
