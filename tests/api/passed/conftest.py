"""A running server, an upstream that hears, speaks and paints, and the official clients between them."""

import openai
import pytest
from asgiref.sync import sync_to_async

from tests import factories
from tests.api.conftest import make_key
from tests.api.passed.studio import Studio
from tests.api.serving import served

AZURE = {"kind": "azure", "api_version": "2024-10-21"}


@pytest.fixture
async def studio():
    async with Studio() as studio:
        yield studio


@pytest.fixture
async def server(transactional_db):
    async with served() as address:
        yield address


@pytest.fixture
async def key(person, studio):
    """Of somebody who may ask two deployments that the studio answers for, in two ways, and the built-in one."""

    def made():
        factories.make_deployment("media", address=f"{studio.address}/v1", model="media-1")
        factories.make_deployment("media-azure", address=studio.address, model="media-2", **AZURE)
        factories.make_deployment("offline", kind="offline")
        return make_key(person).secret

    return await sync_to_async(made)()


@pytest.fixture
async def client(server, key):
    async with openai.AsyncOpenAI(base_url=f"{server}/v1", api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
async def azure(server, key):
    options = {"azure_endpoint": server, "api_version": "2024-10-01-preview", "max_retries": 0}
    async with openai.AsyncAzureOpenAI(api_key=key, **options) as client:
        yield client
