"""A person who talks with a deployment at the scripted upstream."""

import pytest
from asgiref.sync import sync_to_async

from tests import factories
from tests.talk import Talk
from tests.upstream import FakeUpstream


@pytest.fixture
async def upstream():
    async with FakeUpstream() as upstream:
        yield upstream


@pytest.fixture
async def deployment(transactional_db, upstream):
    return await sync_to_async(factories.make_deployment)("model", address=f"{upstream.address}/v1")


@pytest.fixture
def talk(person, signed_in, deployment):
    return Talk(person, signed_in)
