"""What is searched for: what a model writes, however it writes it, and else the question itself."""

import asyncio

import pytest

from conversations.completions.errors import UpstreamDown
from conversations.completions.wire import Message
from conversations.grounding.intent import HALF, Query, fallback, parsed, queries
from conversations.grounding.turns import Turn, turns

ASKED = [Message(role="user", content="How much annual leave do part-time employees have in May?")]


def follow_up(last: str) -> list[Turn]:
    return [Turn("user", "How much annual leave do employees have?"), Turn("assistant", "25."), Turn("user", last)]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ('["annual leave", "part-time"]', ["annual leave", "part-time"]),
        ('```json\n["annual leave"]\n```', ["annual leave"]),
        ('Here you are:\n["annual leave"]\nGood luck!', ["annual leave"]),
        ('{"queries": ["annual leave"]}', ["annual leave"]),
        ('[{"query": "annual leave"}]', ["annual leave"]),
        ("1. annual leave\n2. “part-time”", ["annual leave", "part-time"]),
        ('["Annual  leave", "annual leave", ""]', ["annual leave"]),
        ("[]", []),
        ('{"queries": []}', []),
        ("I cannot do that.", None),
        ("[1, 2]", None),
        ("[" * 10_000, None),
        ("", None),
    ],
)
def test_a_list_is_read_however_it_is_wrapped(answer: str, found: list[str] | None) -> None:
    assert parsed(answer) == found


def test_only_the_last_turns_are_read() -> None:
    said = [Message(role="assistant" if at % 2 else "user", content=f"{at} [doc1]") for at in range(100)]
    assert [each.text for each in turns(said)] == ["93", "94 [doc1]", "95", "96 [doc1]", "97", "98 [doc1]", "99"]


@pytest.mark.parametrize("answer", ["I cannot.", "[[", "null"])
async def test_without_a_list_the_question_is_searched(answer: str) -> None:
    async def ask(_: list[Message]) -> str:
        return answer

    assert await queries(ASKED, ask) == [Query(str(ASKED[0].content))]


async def test_a_model_that_fails_or_is_late_costs_no_answer() -> None:
    async def fails(_: list[Message]) -> str:
        raise UpstreamDown("500")

    async def late(_: list[Message]) -> str:
        await asyncio.sleep(5)
        return "[]"

    assert len(await queries(ASKED, fails)) == 1
    assert len(await queries(ASKED, late, patience=0.01)) == 1


async def test_no_more_queries_than_the_sources_take() -> None:
    async def ask(_: list[Message]) -> str:
        return '["a", "b", "c"]'

    assert await queries(ASKED, ask, most=2) == [Query("a"), Query("b")]


def test_a_short_follow_up_takes_the_question_before_at_half_weight() -> None:
    assert fallback(follow_up("And part-time?"), []) == [
        Query("And part-time?"),
        Query("How much annual leave do employees have?", HALF),
    ]


def test_or_what_a_client_says_was_searched_then() -> None:
    found = fallback(follow_up("And part-time?"), ["annual leave employees"])
    assert found[1:] == [Query("annual leave employees", HALF)]


def test_a_whole_question_stands_alone() -> None:
    last = "Which travel costs does the company refund for apprentices abroad?"
    assert fallback(follow_up(last), []) == [Query(last)]


async def test_the_intent_of_a_client_may_be_a_list_in_a_string_or_a_string() -> None:
    messages = [Message(role=role, content=text) for role, text in follow_up("And part-time?")]
    for said in ('["leave rules"]', "leave rules"):
        assert (await queries(messages, said=said))[1] == Query("leave rules", HALF)
