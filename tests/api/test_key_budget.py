"""Whatever a program asks for is charged to its key, so that the key's own budget can be used up."""

from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.db.models import Sum

from conversations.completions.offline.transport import OfflineTransport
from conversations.models import Spent
from tests import factories
from tests.api.conftest import Program, make_key

HELLO = {"model": "offline", "messages": [{"role": "user", "content": "Hello?"}]}
WORDS = {"model": "offline", "input": "parental leave"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))


@pytest.fixture
async def paying(person, offline):
    """A program whose key has used up its budget with its first token."""

    def make():
        factories.make_price(offline, prompt="1000000", completion="1000000")
        return make_key(person, budget=Decimal("0.01"))

    return Program(await sync_to_async(make)())


async def spent(key):
    return (await Spent.objects.filter(key=key.pk).aaggregate(tokens=Sum("tokens")))["tokens"]


async def whole(response):
    return b"".join([each async for each in response.streaming_content]) if response.streaming else response.content


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/v1/chat/completions", HELLO),
        ("/v1/chat/completions", {**HELLO, "stream": True}),
        ("/v1/embeddings", WORDS),
    ],
)
async def test_a_request_is_charged_to_its_key_until_its_budget_is_used_up(paying, address, body):
    response = await paying.post(address, body)
    assert response.status_code == 200, await whole(response)
    await whole(response)
    assert await spent(paying.key)
    refused = await paying.post(address, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
    assert int(refused["Retry-After"]) > 0
