"""Completions, speech and images through a running server, asked by the official client."""

import asyncio

import httpx
import openai
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group

from conversations.models import Deployment
from tests.api.conftest import noted


async def calls(count=1):
    return [(each.purpose, each.prompt, each.completion) for each in await noted(count)]


async def test_a_completion_is_passed_on_with_the_upstreams_model(client, studio):
    answer = await client.completions.create(model="media", prompt="Say hello", max_tokens=5, extra_body={"new": 1})
    assert answer.choices[0].text == "Hello."
    assert studio.heard[0].json == {"model": "media-1", "prompt": "Say hello", "max_tokens": 5, "new": 1}
    assert await calls() == [("api", 6, 2)]


async def test_a_completion_streams_and_its_usage_is_written_down(client, studio):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = [each async for each in await client.completions.create(model="media", prompt="Hi", **options)]
    assert "".join(each.choices[0].text for each in chunks if each.choices) == "Hello."
    assert chunks[-1].usage.total_tokens == 8
    assert await calls() == [("api", 6, 2)]


async def test_azures_client_names_the_deployment_in_the_path(azure, studio):
    answer = await azure.completions.create(model="media-azure", prompt="Say hello")
    assert answer.choices[0].text == "Hello."
    assert studio.heard[0].path == "/openai/deployments/media-2/completions"
    assert studio.heard[0].query == "api-version=2024-10-21"


async def test_speech_arrives_while_it_is_said(client, studio):
    studio.held = asyncio.Event()
    asked = {"model": "media", "voice": "alloy", "input": "Hello", "response_format": "mp3", "speed": 1.5}
    async with client.audio.speech.with_streaming_response.create(**asked) as response:
        assert response.headers["content-type"] == "audio/mpeg"
        pieces = response.iter_bytes()
        assert await anext(pieces) == b"ID3"
        studio.held.set()
        assert b"".join([each async for each in pieces]) == b"sound"
    assert studio.heard[0].json == {**asked, "model": "media-1"}


async def test_a_caller_that_goes_away_ends_the_speech(client, studio):
    studio.held = asyncio.Event()
    asked = {"model": "media", "voice": "alloy", "input": "Hello"}
    async with client.audio.speech.with_streaming_response.create(**asked) as response:
        await anext(response.iter_bytes())
    async with asyncio.timeout(5):
        while not studio.gone:  # noqa: ASYNC110 - counted on another task
            await asyncio.sleep(0.01)


async def test_an_image_comes_as_an_address_or_as_its_bytes(azure, client, studio):
    asked = {"prompt": "A small cat", "size": "1792x1024", "quality": "hd", "style": "natural", "n": 1}
    image = await azure.images.generate(model="media-azure", **asked)
    assert image.data[0].url
    assert image.data[0].revised_prompt
    image = await client.images.generate(model="media", response_format="b64_json", **asked)
    assert len(image.data[0].b64_json) == 80_000
    assert studio.heard[0].path == "/openai/deployments/media-2/images/generations"
    assert await calls(2) == [("api", 9, 100)] * 2


async def test_neither_the_callers_key_nor_who_they_are_goes_upstream(server, key, studio):
    headers = {"Authorization": f"Bearer {key}", "Cookie": "taste=abc", "X-Forwarded-For": "10.1.2.3"}
    headers |= {"OpenAI-Organization": "org-1", "User-Agent": "mine", "X-Stainless-Os": "Linux", "Referer": "http://a"}
    studio.headers = {"Set-Cookie": "a=b", "openai-organization": "theirs", "x-request-id": "upstream"}
    asked = {"model": "media", "voice": "alloy", "input": "Hello"}
    async with httpx.AsyncClient() as client:
        response = await client.post(f"{server}/v1/audio/speech", json=asked, headers=headers)
    assert response.content == b"ID3sound"
    assert set(studio.heard[0].headers) == {
        *("host", "accept", "accept-encoding", "content-type", "user-agent", "authorization", "content-length")
    } | ({"connection"} & set(studio.heard[0].headers))
    assert studio.heard[0].headers["authorization"] == "Bearer sk-canary"
    assert studio.heard[0].headers["user-agent"] == "chatapp"
    assert "set-cookie" not in response.headers
    assert "openai-organization" not in response.headers
    assert response.headers["x-request-id"] != "upstream"


@pytest.mark.parametrize(
    ("operation", "body", "param"),
    [
        ("audio/speech", {"voice": "alloy"}, "input"),
        ("audio/speech", {"voice": "alloy", "input": "x" * 4097}, "input"),
        ("audio/speech", {"voice": "alloy", "input": "Hi", "response_format": "midi"}, "response_format"),
        ("audio/speech", {"voice": "alloy", "input": "Hi", "speed": 5}, "speed"),
        ("audio/speech", {"input": "Hi"}, "voice"),
        ("images/generations", {"prompt": ""}, "prompt"),
        ("images/generations", {"prompt": "A cat", "size": "10x10"}, "size"),
        ("images/generations", {"prompt": "A cat", "quality": "best"}, "quality"),
        ("images/generations", {"prompt": "A cat", "style": "dull"}, "style"),
        ("images/generations", {"prompt": "A cat", "response_format": "png"}, "response_format"),
        ("images/generations", {"prompt": "A cat", "n": 11}, "n"),
        ("completions", {}, "prompt"),
        ("completions", {"prompt": "Hi", "temperature": 2.5}, "temperature"),
        ("completions", {"prompt": "Hi", "logprobs": 6}, "logprobs"),
        ("completions", {"prompt": "Hi", "stop": ["a"] * 5}, "stop"),
        ("completions", {"prompt": "Hi", "n": True}, "n"),
        ("completions", {"prompt": "Hi", "best_of": 1, "n": 2}, "best_of"),
        ("completions", {"prompt": "Hi", "best_of": 2, "stream": True}, "best_of"),
        ("completions", {"prompt": "Hi", "logit_bias": {"5": 101}}, "logit_bias[...]"),
    ],
)
async def test_what_does_not_fit_is_refused_before_anybody_is_asked(program, key, studio, operation, body, param):
    response = await program.post(f"/v1/{operation}", {"model": "media", **body})
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param
    assert response.json()["error"]["type"] == "invalid_request_error"
    assert not studio.heard


async def test_a_deployment_that_has_no_such_operation_says_so(program, key):
    asked = {"prompt": "A cat", "model": "offline"}
    response = await program.post("/v1/images/generations", asked)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "OperationNotSupported")
    assert "offline" in response.json()["error"]["message"]
    response = await program.post("/openai/deployments/offline/images/generations?api-version=2024-10-21", asked)
    assert response.json()["error"]["code"] == "OperationNotSupported"


async def test_without_a_deployment_it_is_asked_for(program, key):
    response = await program.post("/v1/images/generations", {"prompt": "A cat"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "missing_required_parameter")


async def test_a_strangers_deployment_is_not_there(program, key, studio):
    asked = {"prompt": "A cat", "model": "media"}
    found = await sync_to_async(Deployment.objects.get)(name="media")
    group = await Group.objects.acreate(name="Others")
    await found.groups.aadd(group)
    response = await program.post("/v1/images/generations", asked)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")
    assert not studio.heard


async def test_a_refusal_upstream_keeps_its_status_and_hides_what_was_asked(client, studio):
    words = "Your request “a secret prompt” was rejected by sk-canary."
    studio.refusals = [(400, {"error": {"message": words, "type": "invalid_request_error", "param": "prompt"}})]
    with pytest.raises(openai.BadRequestError) as caught:
        await client.images.generate(model="media", prompt="a secret prompt")
    assert caught.value.param == "prompt"
    assert "secret" not in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_the_upstreams_own_key_trouble_is_no_fault_of_the_callers(client, studio):
    studio.refusals = [(401, {"error": {"message": "Incorrect API key provided"}})]
    with pytest.raises(openai.InternalServerError) as caught:
        await client.images.generate(model="media", prompt="A cat")
    assert caught.value.status_code == 502
