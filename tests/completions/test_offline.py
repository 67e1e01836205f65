"""The offline deployment speaks the documented wire: OpenAI's own client reads every answer of it."""

import json

import httpx
import openai
import pytest

from conversations.completions.offline.transport import OfflineTransport
from conversations.completions.offline.vectors import vector

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string"},
                "days": {"type": "integer", "minimum": 1},
                "unit": {"enum": ["celsius", "fahrenheit"]},
            },
            "required": ["place", "days"],
        },
    },
}
TIME = {"type": "function", "function": {"name": "get_time"}}
ASKS = "Please use get_weather for 3 days in fahrenheit"


@pytest.fixture
async def client():
    http = httpx.AsyncClient(transport=OfflineTransport(pace=0))
    async with openai.AsyncOpenAI(
        base_url="http://offline.invalid/v1", api_key="none", http_client=http, max_retries=0
    ) as client:
        yield client


def ask(client, text, **options):
    messages = text if isinstance(text, list) else [{"role": "user", "content": text}]
    return client.chat.completions.create(model="offline", messages=messages, **options)


async def test_streamed_and_whole_say_the_same(client):
    whole = (await ask(client, "hello")).choices[0]
    said = [chunk.choices[0].delta.content or "" async for chunk in await ask(client, "hello", stream=True)]
    assert "".join(said) == whole.message.content
    assert whole.finish_reason == "stop"
    assert len(said) > 5


async def test_the_tool_that_is_named_is_called_with_arguments_that_fit(client):
    [choice] = (await ask(client, ASKS, tools=[TIME, WEATHER])).choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    [call] = choice.message.tool_calls
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"place": ASKS, "days": 3, "unit": "fahrenheit"}


async def test_a_streamed_tool_call_adds_up_to_the_whole_one(client):
    name, arguments, reasons = "", "", set()
    async for chunk in await ask(client, ASKS, tools=[WEATHER], stream=True):
        choice = chunk.choices[0]
        reasons.add(choice.finish_reason)
        for call in choice.delta.tool_calls or []:
            name += call.function.name or ""
            arguments += call.function.arguments or ""
    assert name == "get_weather"
    assert json.loads(arguments)["days"] == 3
    assert reasons == {None, "tool_calls"}


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", []),
        ("required", ["get_time"]),
        ("auto", []),
        ({"type": "function", "function": {"name": "get_weather"}}, ["get_weather"]),
    ],
)
async def test_tool_choice_decides(client, choice, called):
    [found] = (await ask(client, "hello", tools=[TIME, WEATHER], tool_choice=choice)).choices
    assert [each.function.name for each in found.message.tool_calls or []] == called


async def test_two_tools_that_are_named_are_called_unless_only_one_may_be(client):
    asks = "get_time and get_weather"
    both = (await ask(client, asks, tools=[TIME, WEATHER])).choices[0].message.tool_calls
    one = (await ask(client, asks, tools=[TIME, WEATHER], parallel_tool_calls=False)).choices[0].message.tool_calls
    assert (len(both), len(one)) == (2, 1)


async def test_after_a_tool_has_answered_its_answer_is_told(client):
    [call] = (await ask(client, ASKS, tools=[WEATHER])).choices[0].message.tool_calls
    messages = [
        {"role": "user", "content": ASKS},
        {"role": "assistant", "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    [choice] = (await ask(client, messages, tools=[WEATHER])).choices
    assert choice.message.content == "The tool answered: sunny"
    assert choice.finish_reason == "stop"


async def test_json_mode_and_schemas_are_kept(client):
    [choice] = (await ask(client, "hello", response_format={"type": "json_object"})).choices
    assert json.loads(choice.message.content)["answer"].startswith("Hello!")
    schema = {
        "$defs": {"step": {"type": "object", "properties": {"text": {"type": "string"}}}},
        "type": "object",
        "properties": {
            "steps": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/step"}},
            "sure": {"type": ["boolean", "null"]},
        },
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    [choice] = (await ask(client, "hello", response_format=wanted)).choices
    found = json.loads(choice.message.content)
    assert [set(each) for each in found["steps"]] == [{"text"}, {"text"}]
    assert found["sure"] is True


async def test_a_schema_that_holds_itself_ends(client):
    schema = {"$defs": {"node": {"properties": {"child": {"$ref": "#/$defs/node"}}}}, "$ref": "#/$defs/node"}
    wanted = {"type": "json_schema", "json_schema": {"name": "node", "schema": schema}}
    [choice] = (await ask(client, "hello", response_format=wanted)).choices
    assert "child" in json.loads(choice.message.content)


async def test_n_stop_limit_and_logprobs(client):
    found = await ask(client, "repeat after me: one two three four", n=2, max_tokens=2, logprobs=True, top_logprobs=1)
    assert [each.message.content for each in found.choices] == ["one two"] * 2
    assert {each.finish_reason for each in found.choices} == {"length"}
    assert [each.token for each in found.choices[0].logprobs.content] == ["one", " two"]
    assert found.usage.completion_tokens == 4
    stopped = await ask(client, "repeat after me: one two three four", stop=[" three"])
    assert stopped.choices[0].message.content == "one two"
    assert stopped.choices[0].logprobs is None


@pytest.mark.parametrize("packed", [None, "float", "base64"])
async def test_embeddings(client, packed):
    options = {"encoding_format": packed} if packed else {}
    found = await client.embeddings.create(
        model="offline", input=["a lamp on the coast", "the coast has a lamp", "invoice"], dimensions=64, **options
    )
    vectors = [each.embedding for each in found.data]
    if packed != "base64":
        assert {len(each) for each in vectors} == {64}
        near, far = dot(vectors[0], vectors[1]), dot(vectors[0], vectors[2])
        assert near > 0.6 > far
        assert dot(vectors[0], vectors[0]) == pytest.approx(1, abs=1e-6)
    assert found.usage.total_tokens == 11


async def test_one_text_tokens_and_nothing_to_embed(client):
    assert (await client.embeddings.create(model="offline", input="lamp")).data[0].embedding == pytest.approx(
        vector("lamp"), abs=1e-6
    )
    assert (await client.embeddings.create(model="offline", input=[1, 2, 3])).usage.prompt_tokens == 3
    for wrong in ([], {"no": "text"}, ["a", None]):
        with pytest.raises(openai.BadRequestError):
            await client.embeddings.create(model="offline", input=wrong)


async def test_its_models(client):
    assert [each.id async for each in client.models.list()] == ["offline"]


@pytest.mark.parametrize("options", [{"tools": [{"type": "function"}]}, {"n": 0}, {"stop": 3}, {"max_tokens": "many"}])
async def test_what_is_not_as_documented_is_refused_by_name(client, options):
    with pytest.raises(openai.BadRequestError) as refused:
        await ask(client, "hello", **options)
    assert refused.value.param == next(iter(options))


def dot(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))
