"""What a program spends is its key's too: whichever operation it used, the key's own budget ends it."""

from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Call, Operation, Spent
from tests import factories
from tests.api.conftest import Program, make_key

SAID = b'data: {"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\n'
USED = b'data: {"choices":[],"usage":{"prompt_tokens":2}}\n\ndata: [DONE]\n\n'
QUESTION = {"model": "model", "messages": [{"role": "user", "content": "Hello?"}]}
VECTORS = {"data": [{"index": 0, "embedding": [1.0]}], "usage": {"prompt_tokens": 2}}
TEXT = {"choices": [{"index": 0, "text": "Hi."}], "usage": {"prompt_tokens": 2, "completion_tokens": 0}}


@pytest.fixture
async def limited(person, deployment):
    """With a budget of one, where each token costs one."""

    def make():
        factories.make_price(deployment, prompt="1000000")
        return make_key(person, budget=1, operations=Operation.values)

    return Program(await sync_to_async(make)())


async def told(response):
    return b"".join([each async for each in response]) if response.streaming else response.content


async def test_its_own_budget_ends_a_key_that_spent_it(limited, person, upstream):
    upstream.raw(SAID, USED)
    assert (await limited.post("/v1/chat/completions", QUESTION)).status_code == 200
    spent = await Spent.objects.aget()
    assert (spent.person, spent.key, spent.cost) == (person.pk, limited.key.pk, Decimal(2))
    assert (await Call.objects.aget()).key_id == limited.key.pk
    refused = await limited.post("/v1/chat/completions", QUESTION)
    assert (refused.status_code, len(upstream.requests)) == (429, 1)
    assert refused.json()["error"]["code"] == "insufficient_quota"
    assert "budget of “program”" in refused.json()["error"]["message"]
    assert int(refused["Retry-After"]) > 0


async def test_who_leaves_before_the_counts_come_has_spent_all_the_same(limited, upstream):
    upstream.raw(SAID, b"data: [DONE]\n\n")
    asked = {"model": "model", "messages": [{"role": "user", "content": "Hello? " * 100}]}
    assert (await limited.post("/v1/chat/completions", asked)).status_code == 200
    spent = await Spent.objects.aget()
    assert (spent.key, spent.tokens, int(spent.cost)) == (limited.key.pk, 176, 175)
    call = await Call.objects.aget()
    assert (call.prompt, call.completion, call.cost) == (0, 0, None)  # nobody knows
    assert (await limited.post("/v1/chat/completions", QUESTION)).status_code == 429


@pytest.mark.parametrize(
    ("path", "asked", "answer"),
    [
        ("/v1/embeddings", {"input": "Hello?"}, VECTORS),
        ("/v1/completions", {"prompt": "Hello?"}, TEXT),
    ],
)
async def test_so_do_vectors_and_what_is_passed_on(limited, upstream, path, asked, answer):
    upstream.json(answer)
    response = await limited.post(path, {"model": "model", **asked})
    assert response.status_code == 200
    await told(response)
    assert (await Spent.objects.aget()).key == limited.key.pk
    assert (await limited.post(path, {"model": "model", **asked})).status_code == 429
