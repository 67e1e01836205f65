"""Answers grounded in the external stores, from the question to the numbered documents."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from conversations.completions.fence import passages
from conversations.completions.wire import Message
from conversations.grounding import Grounded, ground
from conversations.retrieval.errors import SourceUnreachable
from tests.stores.cases import SERVERS, Case, case

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
ASKED = [Message(role="user", content="How many weeks of parental leave may parents take after a birth?")]


async def grounded(*stores: Case, **changes: Any) -> Grounded:
    settings = [each.setting(**changes) for each in stores]
    found = [each async for each in ground(ASKED, settings, count=lambda text: len(text) // 4)][-1]
    assert isinstance(found, Grounded)
    return found


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_question_is_answered_from_each_store(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(kind, monkeypatch) as store:
        found = await grounded(store)
    (citation,) = found.context["citations"]
    assert (citation["title"], citation["url"]) == ("Parental leave", "https://intranet.test/leave")
    assert [each.content for each in passages(found.messages[0].text)] == [citation["content"]]


async def test_all_stores_together_answer_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(case(kind, monkeypatch)) for kind in SERVERS]
        monkeypatch.setattr("conversations.retrieval.pinecone.CONTROL", stores[-1].server.address)
        found = await grounded(*stores)
        assert all(each.server.requests for each in stores)
    assert [each["title"] for each in found.context["citations"]] == ["Parental leave"]  # the same passage is one


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_store_that_is_down_fails_the_answer_by_name(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(kind, monkeypatch) as store:
        await store.server.aclose()
        with pytest.raises(SourceUnreachable, match="Our handbook"):
            await grounded(store)


async def test_what_is_down_is_left_out_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case("azure_search", monkeypatch) as up, case("elasticsearch", monkeypatch) as down:
        await down.server.aclose()
        found = await grounded(up, down, allow_partial_result=True)
    assert found.left_out == ["Our handbook"]
    assert [each["title"] for each in found.context["citations"]] == ["Parental leave"]
