"""Whatever a model does, no invented citation comes out, no planted link, and what it cited wrongly is flagged."""

import re
from pathlib import Path

import pytest

import conversations
from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.endpoints import Endpoint, Offline
from conversations.completions.errors import BrokenOff, TimedOut
from conversations.completions.offline.transport import OfflineTransport
from conversations.completions.wire import ChatRequest, Message
from conversations.grounding import ground
from conversations.retrieval import Hit
from tests.grounding import misbehaving
from tests.grounding.memory import Memory, checked, setting

PASSAGES = [
    Hit("Full-time employees have 25 days of annual leave each year.", 0, title="Annual leave"),
    Hit("Annual leave is asked for by employees on the form of Human Resources.", 0, title="Forms"),
    Hit("A company car may be used for private journeys.", 0, title="Cars"),
    Hit("The notice period is three months.", 0, title="Notice"),
]


@pytest.fixture
def answer(monkeypatch):
    """Ask through the whole engine and the real client; returns the stored text and its checks."""

    async def ask(behaviour: str = "", question: str = "How many days of annual leave do employees have?"):
        if behaviour:
            monkeypatch.setattr(Offline, "transport", f"tests.grounding.misbehaving.{behaviour}")
        steps = ground(
            [Message(role="user", content=question)],
            [setting(strictness=1)],
            count=len,
            opened=lambda _: Memory(PASSAGES),
        )
        [*_, found] = [each async for each in steps]
        markers, draft, text = found.markers(), Draft(), ""
        try:
            request = ChatRequest(messages=found.messages)
            async for chunk in client.stream(request, Endpoint("offline", "", "offline"), chunk_timeout=0.05):
                text += markers.add(draft.add(chunk))
        except (BrokenOff, TimedOut) as error:
            return text + markers.end(), type(error)
        text += markers.end()
        return text, await checked(found, text)

    return ask


async def test_the_well_behaved_one_cites_what_supports_it(answer, monkeypatch) -> None:
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))
    text, checks = await answer()
    assert text.startswith("Full-time employees have 25 days of annual leave each year. [doc1]")
    assert {each.verdict for each in checks} == {"supported"}


async def test_a_wrong_citation_is_flagged(answer) -> None:
    text, checks = await answer("CitesWrongly")
    assert "[doc2]" in text
    assert checks[0].verdict == "not_found"


async def test_an_invented_document_never_comes_out(answer) -> None:
    text, checks = await answer("Invents")
    assert "99" not in text
    assert text.endswith("It is also tax-free, as the law says.")
    assert {each.verdict for each in checks} == {"supported"}


async def test_a_planted_link_is_no_citation_and_no_link(answer) -> None:
    text, _ = await answer("Obeys")
    assert "](" not in text
    assert "]:" not in text


@pytest.mark.parametrize(("behaviour", "error"), [("BreaksOff", BrokenOff), ("Stalls", TimedOut)])
async def test_an_answer_that_ends_inside_a_marker_has_none(answer, behaviour, error) -> None:
    text, failed = await answer(behaviour)
    assert failed is error
    assert text.strip() == "Full-time employees have 25 days of annual leave each year."


def test_no_part_of_the_product_knows_how_to_misbehave() -> None:
    assert Offline.transport == f"{OfflineTransport.__module__}.OfflineTransport"
    names = [
        name for name, each in vars(misbehaving).items() if getattr(each, "__module__", "") == misbehaving.__name__
    ]
    product = "\n".join(path.read_text() for path in Path(conversations.__file__).parent.rglob("*.py"))
    assert "CitesWrongly" in names
    assert not re.findall(rf"\b(?:misbehaving|{'|'.join(names)}|class \w+\(.*OfflineTransport)\b", product)
