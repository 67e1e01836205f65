"""A person who talks with a deployment at the scripted upstream, and a source on a real search server."""

import pytest
from asgiref.sync import sync_to_async

from conversations.models import DataSource
from tests.stores.elastic import Elastic
from tests.talk import Talk


@pytest.fixture
def talk(person, signed_in, deployment):
    return Talk(person, signed_in)


@pytest.fixture
async def index():
    async with Elastic() as server:
        yield server


def make_source(index, name="Handbook", **facts):
    source = DataSource(name=name, **facts)
    key = {"type": "encoded_api_key", "encoded_api_key": index.encoded}
    source.configure("elasticsearch", {"endpoint": index.address, "index_name": "docs", "authentication": key})
    source.save()
    return source


@pytest.fixture
async def source(transactional_db, index):
    return await sync_to_async(make_source)(index, on_by_default=True)
