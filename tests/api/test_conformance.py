"""The references' own examples, sent as they stand; what comes back has every field of theirs, of the same type."""

import json
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

from conversations.completions.offline.transport import OfflineTransport
from conversations.grounding import ground as engine
from conversations.retrieval import Hit
from tests import factories
from tests.api.shapes import unlike
from tests.grounding.memory import Memory

FOLDER = Path(__file__).parent.parent / "golden" / "examples"
EXAMPLES = {each.stem: json.loads(each.read_text()) for each in sorted(FOLDER.glob("*.json"))}
SOURCED = [name for name in EXAMPLES if name.startswith("data_sources_")]
REFUSED = [name for name, example in EXAMPLES.items() if example.get("status", 200) != 200]
PLAIN = [name for name in EXAMPLES if name not in SOURCED and name not in REFUSED]
AZURE = "/openai/deployments/model/chat/completions?api-version=2024-10-01-preview"
DOGS = [Hit("Dogs need walks: look after a dog twice a day.", 2.0, "Dogs", "https://f.test/dogs.txt", "dogs.txt", "0")]
QUICKREF = {  # a whole answer as Azure sends it, with what filters found
    "choices": [
        {
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
            **{"finish_reason": "stop", "index": 0, "logprobs": None},
            "message": {"content": "Bonjour !", "role": "assistant"},
        }
    ],
    **{"created": 1739270930, "id": "chatcmpl-Azi6", "model": "gpt-35-turbo-16k", "object": "chat.completion"},
    "prompt_filter_results": [
        {
            "prompt_index": 0,
            "content_filter_results": {
                "hate": {"filtered": False, "severity": "safe"},
                "jailbreak": {"filtered": False, "detected": False},
            },
        }
    ],
    "system_fingerprint": "fp_0165350fbb",
    "usage": {"completion_tokens": 37, "prompt_tokens": 24, "total_tokens": 61},
}


def events(response):
    return [each.removeprefix("data: ") for each in response.split("\n\n") if each]


async def streamed(response):
    assert response["Content-Type"].startswith("text/event-stream")
    return events(b"".join([each async for each in response.streaming_content]).decode())


@pytest.mark.parametrize("name", PLAIN)
async def test_what_upstream_says_comes_through(name, program, deployment, upstream):
    example = EXAMPLES[name]
    upstream.fail(200, body=example["response"])
    response = await program.post(AZURE, example["request"])
    assert response.status_code == 200, response.content
    if example["request"].get("stream"):
        *chunks, done = await streamed(response)
        assert done == "[DONE]"
        deltas = [choice["delta"] for each in chunks for choice in json.loads(each)["choices"]]
        assert deltas
        for theirs, ours in zip([each["message"] for each in example["response"]["choices"]], deltas, strict=True):
            assert {each: ours[each] for each in theirs if theirs[each]} == {k: v for k, v in theirs.items() if v}
        return
    ours = response.json()
    assert not unlike(example["response"], ours)
    assert ours["object"] == "chat.completion"
    for theirs, mine in zip(example["response"]["choices"], ours["choices"], strict=True):
        assert {each: mine["message"][each] for each in theirs["message"] if theirs["message"][each] is not None} == {
            name: each for name, each in theirs["message"].items() if each is not None
        }
        assert mine["finish_reason"] == theirs["finish_reason"]


async def test_filters_fingerprint_and_usage_come_through_as_they_are(program, deployment, upstream):
    upstream.fail(200, body=QUICKREF)
    ours = (await program.post(AZURE, {"messages": [{"role": "user", "content": "Bonjour"}]})).json()
    assert {**ours, "choices": [{**ours["choices"][0], "message": QUICKREF["choices"][0]["message"]}]} == QUICKREF
    assert ours["choices"][0]["message"] == {**QUICKREF["choices"][0]["message"], "refusal": None}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_upstream_refuses_is_refused(name, program, deployment, upstream):
    example = EXAMPLES[name]
    upstream.fail(example["status"], body=example["response"])
    response = await program.post(AZURE, example["request"])
    assert response.status_code == example["status"]
    error = response.json()["error"]
    assert {"message", "type", "param", "code"} <= error.keys()
    if name == "refused_prompt":
        theirs = example["response"]["error"]["inner_error"]
        inner = {"code": theirs["code"], "content_filter_result": theirs["content_filter_results"]}
        assert (error["code"], error["param"], error["innererror"]) == ("content_filter", "prompt", inner)


@pytest.fixture
def pets(monkeypatch, settings, offline, transactional_db):
    """Everything that is looked for is looked for among DOGS; this server has the identities of the examples."""
    settings.ALLOWED_UPSTREAMS = ["cluster.example.com", "mongo.example.com"]
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))
    monkeypatch.setattr(engine, "__kwdefaults__", {**engine.__kwdefaults__, "opened": lambda _: Memory(DOGS)})
    factories.make_deployment("embeddings", kind="offline")
    for name in SOURCED:
        entry = EXAMPLES[name]["request"]["data_sources"][0]
        if "identity" in entry["parameters"].get("authentication", {}).get("type", ""):
            factories.DataSource.objects.create(name=name, type=entry["type"], parameters=entry["parameters"])


@pytest.mark.parametrize("name", SOURCED)
async def test_data_sources_answer_in_the_shape_of_the_reference(name, program, pets):
    example = EXAMPLES[name]
    address = AZURE.replace("/model/", "/offline/")
    response = await program.post(address, example["request"])
    assert response.status_code == 200, response.content
    ours = response.json()
    assert not unlike(example["response"], ours)
    message = ours["choices"][0]["message"]
    assert "[doc1]" in message["content"]
    assert message["context"]["citations"][0]["verdict"] == "supported"
    *chunks, done = await streamed(await program.post(address, {**example["request"], "stream": True}))
    assert done == "[DONE]"
    first, *rest = [json.loads(each)["choices"][0] for each in chunks]
    assert not unlike(example["response"]["choices"][0]["message"].get("context"), first["delta"]["context"])
    assert (first["delta"]["role"], first["end_turn"]) == ("assistant", False)
    assert "".join(each["delta"].get("content") or "" for each in rest) == message["content"]
    assert (rest[-1]["end_turn"], rest[-1]["verdicts"]) == (True, [{"citation": 1, "verdict": "supported"}])


async def test_the_reference_s_embedding(program, offline):
    address = "/openai/deployments/offline/embeddings?api-version=2024-10-01-preview"
    ours = (await program.post(address, {"input": ["this is a test"]})).json()
    theirs = {"data": [{"index": 0, "embedding": [-0.01], "object": "embedding"}], "model": "text-embedding-ada-002"}
    assert not unlike({**theirs, "object": "list", "usage": {"prompt_tokens": 4, "total_tokens": 4}}, ours)


def test_a_shape_that_differs_is_seen():
    assert unlike({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}) == ["$.a[].b: number in the reference, str here"]
    assert unlike({"a": 1}, {}) == ["$.a is missing"]
    assert unlike({"a": [1]}, {"a": []}) == ["$.a is empty"]


async def test_the_intent_of_the_last_answer_is_understood(program, pets, monkeypatch):
    asked = []
    monkeypatch.setattr(engine, "__kwdefaults__", {**engine.__kwdefaults__, "opened": lambda _: Asked(asked)})
    request = EXAMPLES["data_sources_follow_up"]["request"]
    await program.post(AZURE.replace("/model/", "/offline/"), request)
    said = request["messages"][1]["context"]["intent"]
    assert any(said in each for each in asked), asked


class Asked(Memory):
    def __init__(self, asked):
        super().__init__(DOGS)
        self.asked = asked


async def test_without_data_sources_nothing_is_searched(program, offline, monkeypatch):
    def opened(_):
        raise AssertionError("searched")

    monkeypatch.setattr(engine, "__kwdefaults__", {**engine.__kwdefaults__, "opened": opened})
    body = {"messages": [{"role": "user", "content": "hello"}], "data_sources": []}
    answer = (await program.post(AZURE.replace("/model/", "/offline/"), body)).json()
    assert "context" not in answer["choices"][0]["message"]
    assert await sync_to_async(factories.Call.objects.count)() == 1


def whole(**message):
    return {
        "id": "1",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }


async def test_calls_of_the_older_spelling_and_refusals_come_back_as_they_are(program, deployment, upstream):
    called = {"name": "weather", "arguments": "{}"}
    upstream.fail(200, body=whole(role="assistant", content=None, function_call=called))
    upstream.fail(200, body=whole(role="assistant", content=None, refusal="I will not."))
    hello = {"messages": [{"role": "user", "content": "hello"}]}
    message = (await program.post(AZURE, hello)).json()["choices"][0]["message"]
    assert message == {"role": "assistant", "content": None, "refusal": None, "function_call": called}
    message = (await program.post(AZURE, hello)).json()["choices"][0]["message"]
    assert message == {"role": "assistant", "content": None, "refusal": "I will not."}
