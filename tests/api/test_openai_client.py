"""The official client, in its four kinds, through every route of a server that runs."""

import asyncio
import base64
import struct
from contextlib import aclosing

import openai
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from conversations.api import lasting
from conversations.models import Operation
from tests import factories
from tests.api.asked import CALLED, HELLO, TOOL, Weather
from tests.api.conftest import make_key, noted

KINDS = ["OpenAI", "OpenAI behind Azure", "AzureOpenAI", "AsyncOpenAI", "AsyncAzureOpenAI"]


class Caller:
    """One kind of client; calls look the same, whichever it is."""

    def __init__(self, kind, address, key):
        facts = {"api_key": key, "max_retries": 0, "timeout": 20}
        if "AzureOpenAI" in kind:
            facts |= {"azure_endpoint": address, "api_version": "2024-10-21"}
        else:
            facts["base_url"] = f"{address}/openai/v1" if "behind" in kind else f"{address}/v1"
        self.client = getattr(openai, kind.split()[0])(**facts)
        self.waits = kind.startswith("Async")

    async def __call__(self, call):
        return await call(self.client) if self.waits else await asyncio.to_thread(call, self.client)

    async def collected(self, **asked):
        """The chunks of a streamed chat completion."""
        if not self.waits:
            return await asyncio.to_thread(lambda: list(self.client.chat.completions.create(stream=True, **asked)))
        return [each async for each in await self.client.chat.completions.create(stream=True, **asked)]

    async def chat(self, **asked):
        return await self(lambda client: client.chat.completions.create(**asked))

    async def aclose(self):
        await self(lambda client: client.close())


@pytest.fixture(params=KINDS)
async def caller(request, address, key):
    async with aclosing(Caller(request.param, address, key.secret)) as caller:
        yield caller


@pytest.fixture
async def one(address, key):
    async with aclosing(Caller("AsyncOpenAI", address, key.secret)) as caller:
        yield caller


async def test_chat(caller, offline):
    answer = await caller.chat(model="offline", messages=HELLO)
    assert (answer.object, answer.choices[0].finish_reason) == ("chat.completion", "stop")
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


async def test_chat_streamed(caller, offline):
    chunks = await caller.collected(model="offline", messages=HELLO)
    assert {each.object for each in chunks} == {"chat.completion.chunk"}
    assert len({(each.id, each.created, each.model) for each in chunks}) == 1
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert not any(each.usage for each in chunks)
    whole = await caller.chat(model="offline", messages=HELLO)
    assert "".join(each.choices[0].delta.content or "" for each in chunks) == whole.choices[0].message.content


async def test_usage_comes_in_a_chunk_of_its_own_if_asked_for(caller, offline):
    *chunks, last = await caller.collected(model="offline", messages=HELLO, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage.total_tokens > 0
    assert not any(each.usage for each in chunks)


async def test_tools_are_the_programs_to_call(caller, offline):
    asked = {"model": "offline", "messages": [{"role": "user", "content": "weather in Paris?"}], "tools": [TOOL]}
    asked["tool_choice"] = CALLED
    answer = await caller.chat(**asked)
    assert answer.choices[0].finish_reason == "tool_calls"
    (call,) = answer.choices[0].message.tool_calls
    assert (call.type, call.function.name, answer.choices[0].message.content) == ("function", "weather", None)
    chunks = await caller.collected(**asked)
    names = [each.function.name for one in chunks for each in one.choices[0].delta.tool_calls or () if each.function]
    assert "weather" in names


async def test_structured_outputs_are_parsed(caller, offline):
    asked = {"model": "offline", "messages": [{"role": "user", "content": "Weather as JSON"}]}
    answer = await caller(lambda client: client.chat.completions.parse(response_format=Weather, **asked))
    assert isinstance(answer.choices[0].message.parsed, Weather)


async def test_several_choices_and_logprobs(caller, offline):
    answer = await caller.chat(model="offline", messages=HELLO, n=2, logprobs=True, top_logprobs=2, max_tokens=3)
    assert [each.index for each in answer.choices] == [0, 1]
    assert [each.finish_reason for each in answer.choices] == ["length", "length"]
    for choice in answer.choices:
        assert "".join(each.token for each in choice.logprobs.content) == choice.message.content
        assert all(isinstance(each.logprob, float) for each in choice.logprobs.content)


async def test_embeddings_as_numbers_and_as_base64(caller, offline):
    made = await caller(lambda client: client.embeddings.create(model="offline", input=["one", "two"]))
    floats = await caller(
        lambda client: client.embeddings.create(model="offline", input=["one", "two"], encoding_format="float")
    )
    assert [each.index for each in floats.data] == [0, 1]
    assert made.usage.total_tokens == floats.usage.prompt_tokens > 0
    for mine, theirs in zip(made.data, floats.data, strict=True):
        assert mine.embedding == pytest.approx(theirs.embedding, abs=1e-6)
    raw = await caller(lambda client: client.embeddings.create(model="offline", input="one", encoding_format="base64"))
    packed = base64.b64decode(raw.data[0].embedding)
    assert list(struct.unpack(f"<{len(packed) // 4}f", packed)) == pytest.approx(floats.data[0].embedding, abs=1e-6)


async def test_models(caller, offline):
    listed = await caller(lambda client: client.models.list())
    assert [each.id for each in listed.data] == ["offline"]
    one = await caller(lambda client: client.models.retrieve("offline"))
    assert (one.object, one.owned_by) == ("model", "organization")


async def test_errors_are_the_client_s_own_classes(caller, offline, address):
    with pytest.raises(openai.NotFoundError) as missing:
        await caller.chat(model="nothing", messages=HELLO)
    assert missing.value.code in {"model_not_found", "DeploymentNotFound"}
    assert missing.value.request_id
    with pytest.raises(openai.BadRequestError) as wrong:
        await caller.chat(model="offline", messages=HELLO, temperature=3)
    assert (wrong.value.param, wrong.value.type) == ("temperature", "invalid_request_error")


async def test_a_wrong_key_is_an_authentication_error(address, transactional_db):
    for kind in KINDS:
        async with aclosing(Caller(kind, address, "chatapp_wrong")) as caller:
            with pytest.raises(openai.AuthenticationError) as refused:
                await caller.chat(model="offline", messages=HELLO)
            assert refused.value.code == "invalid_api_key"


async def test_a_key_for_something_else_is_a_permission_error(address, person, offline):
    key = await sync_to_async(make_key)(person, operations=[Operation.EMBEDDINGS])
    async with aclosing(Caller("AsyncOpenAI", address, key.secret)) as caller:
        with pytest.raises(openai.PermissionDeniedError):
            await caller.chat(model="offline", messages=HELLO)


async def test_too_many_requests_are_a_rate_limit_error_with_its_wait(address, person, offline):
    key = await sync_to_async(make_key)(person, rate=1)
    async with aclosing(Caller("AsyncOpenAI", address, key.secret)) as caller:
        await caller.chat(model="offline", messages=HELLO)
        with pytest.raises(openai.RateLimitError) as limited:
            await caller.chat(model="offline", messages=HELLO)
        assert 0 < int(limited.value.response.headers["retry-after"]) <= 60


async def test_what_was_spent_is_written_down_for_the_key_and_its_owner(one, offline, person, key):
    answer = await one.chat(model="offline", messages=HELLO)
    await one.collected(model="offline", messages=HELLO)
    await one(lambda client: client.embeddings.create(model="offline", input="one"))
    calls = await noted(3)
    facts = [(each.purpose, each.person_id, each.key_id, each.deployment_id) for each in calls]
    assert facts == [("api", person.pk, key.pk, offline.pk)] * 3
    assert [each.completion for each in calls[:2]] == [answer.usage.completion_tokens] * 2


async def test_an_error_in_mid_answer_is_told_and_nothing_pretends_to_be_whole(one, deployment, upstream):
    upstream.break_off("Hel", "lo", after=2)
    said = []
    with pytest.raises(openai.APIError):
        async for chunk in await one.client.chat.completions.create(model="model", messages=HELLO, stream=True):
            said.append(chunk.choices[0].delta.content or "")
    assert "".join(said) in {"Hel", "Hello"}


async def test_who_goes_away_ends_the_generation(one, deployment, upstream):
    upstream.stall("Hel", "lo")
    stream = await one.client.chat.completions.create(model="model", messages=HELLO, stream=True)
    await anext(aiter(stream))
    await stream.close()
    assert await upstream.closed(within=5)
    assert [(each.purpose, each.cost) for each in await noted()] == [("api", None)]


WHOLE = {
    "chat": lambda client: client.chat.completions.create(model="model", messages=HELLO),
    "image": lambda client: client.images.generate(model="model", prompt="A cat"),
}


@pytest.mark.parametrize("said", [["Hel"], []], ids=["begun", "silent"])
@pytest.mark.parametrize("what", WHOLE)
async def test_who_goes_away_from_a_whole_answer_ends_it_too(one, deployment, upstream, said, what):
    upstream.stall(*said)
    asking = asyncio.create_task(WHOLE[what](one.client))
    while not upstream.requests:  # noqa: ASYNC110 - the fake upstream has no event for it
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    asking.cancel()
    assert await upstream.closed(within=5)
    assert [(each.purpose, each.cost) for each in await noted()] == [("api", None)]


async def test_an_answer_does_not_end_with_the_database(one, deployment, upstream, monkeypatch):
    def gone(_rights):
        raise OperationalError("database is locked")

    monkeypatch.setattr(lasting, "LOOK", 0.01)
    monkeypatch.setattr(lasting, "_lost", gone)
    upstream.reply("Hel", "lo")
    stream = await one.client.chat.completions.create(model="model", messages=HELLO, stream=True)
    said = [choice.delta.content or "" async for chunk in stream for choice in chunk.choices]
    assert "".join(said) == "Hello"


async def test_a_key_that_is_revoked_ends_what_it_is_being_answered(one, key, deployment, upstream, monkeypatch):
    """At once, and not with the next token, which never comes."""
    monkeypatch.setattr(lasting, "LOOK", 0.05)
    upstream.stall("Hel", "lo")
    stream = aiter(await one.client.chat.completions.create(model="model", messages=HELLO, stream=True))
    await anext(stream)
    await sync_to_async(key.revoke)()
    with pytest.raises(openai.APIError, match="taken away"):
        async with asyncio.timeout(5):
            async for _ in stream:
                pass
    assert await upstream.closed(within=2)
    assert not lasting._open


async def test_a_key_that_is_revoked_before_the_first_token_is_refused(one, key, deployment, upstream, monkeypatch):
    monkeypatch.setattr(lasting, "LOOK", 0.05)
    upstream.stall()
    asking = asyncio.create_task(one.chat(model="model", messages=HELLO))
    while not upstream.requests:  # noqa: ASYNC110 - the fake upstream has no event for it
        await asyncio.sleep(0.01)
    await sync_to_async(key.revoke)()
    with pytest.raises(openai.PermissionDeniedError) as refused:
        await asking
    assert refused.value.code == "access_revoked"


async def test_a_budget_that_is_used_up_is_no_fault_of_the_deployment(one, offline, person):
    await sync_to_async(factories.make_budget)(hard=0)
    with pytest.raises(openai.RateLimitError) as refused:
        await one.chat(model="offline", messages=HELLO)
    assert (refused.value.code, refused.value.type) == ("insufficient_quota", "insufficient_quota")
    assert int(refused.value.response.headers["retry-after"]) > 0
