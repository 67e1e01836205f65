"""The wire's values: what is sent is strict, what is read is what fits."""

import json
from typing import Any

import msgspec
import pytest

from conversations.completions import wire
from conversations.completions.decoding import Decoder, clean
from conversations.completions.wire import ChatRequest, Choice, Chunk, Delta, Facts, Message


def decode(**members: Any) -> Chunk:
    return Decoder().decode(json.dumps(members))


def test_what_is_not_set_is_not_sent() -> None:
    request = ChatRequest(messages=[Message(role="user", content="Hi")], temperature=0.0, stop=["x"])
    assert json.loads(wire.body(request)) == {
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.0,
        "stop": ["x"],
    }


def test_chunk_is_sent_with_the_members_that_the_wire_requires() -> None:
    assert wire.plain(Chunk(id="c", created=1, model="m", choices=[Choice(delta=Delta(content="a"))])) == {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}],
    }


def test_empty_choices_and_an_empty_delta_are_sent() -> None:
    assert wire.plain(Chunk())["choices"] == []
    assert wire.plain(Choice(finish_reason="stop"))["delta"] == {}


def test_facts_of_the_response_are_never_sent_on() -> None:
    chunk = Chunk(id="c")
    chunk.response = Facts(request_id="secret-request")
    assert b"secret-request" not in msgspec.json.encode(chunk)


def test_upstream_cannot_set_the_facts() -> None:
    assert decode(id="c", response={"request_id": "forged"}).response is None


def test_chunks_do_not_share_their_defaults() -> None:
    first = Chunk()
    first.choices.append(Choice())
    assert Chunk().choices == []


@pytest.mark.parametrize("odd", [7, 1.5, True, "x", [], [1], {}, {"a": 1}, None])
@pytest.mark.parametrize("member", Chunk.__struct_fields__)
def test_odd_member_of_a_chunk_costs_only_that_member(member: str, odd: Any) -> None:
    good = {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hello"}}]}
    chunk = decode(**{**good, member: odd})
    if member != "choices":
        assert chunk.choices[0].delta == Delta(content="Hello")
    if member not in {"id", "object"}:
        assert chunk.id == "c"


@pytest.mark.parametrize("odd", [7, 1.5, True, "x", [], [1], {}, {"a": 1}, None])
@pytest.mark.parametrize("member", [*Choice.__struct_fields__, *Delta.__struct_fields__])
def test_odd_member_of_a_choice_or_delta_is_survived(member: str, odd: Any) -> None:
    delta = {"content": "Hello", **({member: odd} if member in Delta.__struct_fields__ else {})}
    choice = {"delta": delta, **({member: odd} if member in Choice.__struct_fields__ else {})}
    chunk = decode(choices=[choice, {"index": 1, "delta": {"content": "x"}}])
    assert chunk.choices[-1].delta == Delta(content="x")
    if member not in {"delta", "content"}:
        assert chunk.choices[0].delta is not None
        assert chunk.choices[0].delta.content == "Hello"


@pytest.mark.parametrize("data", ["", "{", "[]", "7", "null", '"x"', "{} {}", "{'a': 1}"])
def test_anything_but_an_object_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|Extra"):
        Decoder().decode(data)


def test_clean_reaches_every_string() -> None:
    assert clean({"a\0": ["\ud83d", {"b": "\ud83d\ude00"}], "c": 1}) == {"a\ufffd": ["\ufffd", {"b": "😀"}], "c": 1}
