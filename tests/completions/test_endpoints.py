"""Kinds of deployments: where they are asked, with which key, and what is sent."""

import json
from typing import Any

import msgspec
import pytest

from conversations.completions import wire
from conversations.completions.endpoints import KINDS, PARAMETERS, Endpoint, kind
from conversations.completions.errors import BadKey
from conversations.completions.wire import ChatRequest, Message
from tests.asking import question


def endpoint(**fields: str) -> Endpoint:
    given = {"kind": "openai", "address": "https://x.test/v1", "model": "gpt-4o", "key": "sk-secret"}
    return Endpoint(**{**given, **fields})


def url(**fields: str) -> str:
    asked = endpoint(**fields)
    return kind(asked.kind).url(asked)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/chat/completions"),
        (" https://x.test/v1 ", "https://x.test/v1/chat/completions"),
        ("https://gateway.test/v1?tenant=a", "https://gateway.test/v1/chat/completions?tenant=a"),
    ],
)
def test_openai_base_url_is_taken_as_written(address: str, expected: str) -> None:
    assert url(address=address) == expected


@pytest.mark.parametrize("address", ["https://r.openai.azure.com", "https://r.openai.azure.com/"])
def test_azure_has_the_deployment_in_the_path_and_the_version_in_the_query(address: str) -> None:
    assert url(kind="azure", address=address, api_version="2024-10-21") == (
        "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
    )


@pytest.mark.parametrize("address", ["https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/"])
def test_azure_v1_has_neither_deployment_nor_version_in_its_address(address: str) -> None:
    assert url(kind="azure_v1", address=address) == "https://r.openai.azure.com/openai/v1/chat/completions"


def test_model_inference_is_asked_under_its_base_with_a_version() -> None:
    asked = url(
        kind="azure_inference", address="https://r.services.ai.azure.com/models", api_version="2024-05-01-preview"
    )
    assert asked == "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview"


def test_model_inference_is_sent_only_what_it_knows() -> None:
    request = ChatRequest(
        messages=[Message(role="user", content="Hi")],
        stop="END",
        max_completion_tokens=9,
        n=2,
        user="me",
        logit_bias={"1": 1},
        logprobs=True,
        stream=True,
        stream_options={"include_usage": True},
        parallel_tool_calls=False,
        temperature=0.5,
    )
    sent = msgspec.to_builtins(kind("azure_inference").body(request, endpoint(kind="azure_inference")))
    assert sent == {
        "messages": [{"role": "user", "content": "Hi"}],
        "model": "gpt-4o",
        "stop": ["END"],
        "max_tokens": 9,
        "stream": True,
        "temperature": 0.5,
    }


def test_names_cannot_leave_their_place_in_the_url() -> None:
    asked = url(kind="azure", address="https://r.test", model="../a?b#c", api_version="1&x=y")
    assert asked == "https://r.test/openai/deployments/..%2Fa%3Fb%23c/chat/completions?api-version=1%26x%3Dy"


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("openai", {"Authorization": "Bearer sk-secret"}),
        ("azure", {"api-key": "sk-secret"}),
        ("azure_v1", {"api-key": "sk-secret"}),
        ("azure_inference", {"api-key": "sk-secret"}),
        ("offline", {}),
    ],
)
def test_key_travels_in_the_header_of_its_kind(name: str, headers: dict[str, str]) -> None:
    assert kind(name).headers(endpoint(kind=name)) == headers


@pytest.mark.parametrize("name", KINDS)
def test_without_a_key_no_header_is_sent(name: str) -> None:
    assert kind(name).headers(endpoint(kind=name, key="")) == {}


def test_blanks_around_a_pasted_key_are_dropped() -> None:
    assert kind("azure").headers(endpoint(key=" sk-secret\n")) == {"api-key": "sk-secret"}


@pytest.mark.parametrize("key", ["sk-\r\nX: y", "sk-“quoted”", "sk-\x00"])
def test_key_that_no_header_can_carry_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(BadKey) as error:
        kind("openai").headers(endpoint(key=key))
    assert "sk-" not in str(error.value)


def test_key_is_not_in_the_repr() -> None:
    assert "sk-secret" not in repr(endpoint())


@pytest.mark.parametrize("name", KINDS)
def test_model_is_the_upstreams_own_id(name: str) -> None:
    assert kind(name).body(question(model="ours"), endpoint(kind=name)).model == "gpt-4o"


@pytest.mark.parametrize("name", KINDS)
def test_what_a_kind_does_not_take_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {name: each for name, each in PARAMETERS.items() if name != "seed"}
    monkeypatch.setattr(kind(name), "parameters", taken, raising=False)
    sent = kind(name).body(question(seed=1, temperature=0.5), endpoint(kind=name))
    assert (sent.seed, sent.temperature) == (None, 0.5)


@pytest.mark.parametrize(
    ("name", "sent", "taken"),
    [("openai", 1.5, 1.5), ("azure_inference", 1.5, 1), ("azure", 3, 2), ("azure", -1, 0), ("azure", None, None)],
)
def test_what_another_kind_allowed_is_brought_into_the_range_of_this_one(name: str, sent: float, taken: float) -> None:
    assert kind(name).body(question(temperature=sent), endpoint(kind=name)).temperature == taken


def test_every_parameter_is_one_of_the_request() -> None:
    assert {*PARAMETERS, "messages", "model"} == set(ChatRequest.__struct_fields__)


def test_messages_are_sent_as_they_are() -> None:
    request = ChatRequest(messages=[Message(role="system", content="Be kind."), Message(role="user", content="Hi")])
    assert kind("openai").body(request, endpoint()).messages == request.messages


PARTS = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    {"type": "file", "file": {"file_id": "file-1"}},
    {"type": "refusal", "refusal": "I cannot."},
]
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


@pytest.mark.parametrize("name", [name for name in KINDS if name != "offline"])
@pytest.mark.parametrize(
    "message",
    [
        {"role": "developer", "content": "Be brief.", "name": "ops"},
        *({"role": "user", "content": [part]} for part in PARTS),
        {"role": "assistant", "audio": {"id": "audio_1"}},
        {"role": "assistant", "refusal": "I cannot."},
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "Rain"}]},
        {"role": "function", "name": "weather", "content": "Rain"},
    ],
)
def test_every_kind_is_sent_every_kind_of_message(name: str, message: dict[str, Any]) -> None:
    asked = msgspec.convert({"messages": [message]}, ChatRequest)
    sent = json.loads(wire.body(kind(name).body(asked, endpoint(kind=name))))
    assert sent["messages"] == [message]
