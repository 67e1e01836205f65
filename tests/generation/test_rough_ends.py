"""Answers from documents that do not go smoothly: what they cite is checked, and what was found is kept."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations import generation
from conversations.generation import answer as answering
from conversations.generation import evidence, runner
from conversations.models import Citation, Message, State
from tests import factories
from tests.conftest import settled
from tests.generation.test_database import failing
from tests.talk import make_lost

QUESTION = "How many weeks of parental leave may parents take after a birth?"
SAID = "Parents may take twenty-six weeks of parental leave.[doc1] It costs 900 euros.[doc1]"
CHECKED = ["supported", "not_found"]

pytestmark = pytest.mark.usefixtures("source")


async def verdicts(answer):
    cited = Citation.objects.filter(evidence__message=answer).order_by("position")
    return [each async for each in cited.values_list("verdict", flat=True)]


async def test_a_stopped_answer_is_checked(talk, upstream):
    upstream.fail(400).stall(SAID, " More")
    await talk.ask(QUESTION)
    await talk.command("stop", await talk.writing(SAID))
    await settled()
    answer = await talk.answer()
    assert answer.state == State.STOPPED
    assert await verdicts(answer) == CHECKED


async def test_an_answer_that_broke_off_is_checked(talk, upstream):
    upstream.fail(400).break_off(SAID, " More", after=2)
    answer = await talk.asked(QUESTION)
    assert answer.state == State.INTERRUPTED
    assert await verdicts(answer) == CHECKED


@pytest.mark.parametrize("notices", ["sweep", "page"])
async def test_an_answer_whose_process_died_is_checked(talk, upstream, notices):
    upstream.fail(400).reply("")
    answer = await talk.asked(QUESTION)
    left = {"text": SAID, "state": State.STREAMING, "runner": "somebody else", "beat_at": timezone.now()}
    await Message.objects.filter(pk=answer.pk).aupdate(**left)
    await make_lost()
    if notices == "sweep":
        await generation.sweep()
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert await verdicts(answer) == CHECKED
    assert "cite supported" in page
    assert "cite not-checked" not in page


async def test_what_was_shown_after_the_lease_was_lost_is_checked(talk, upstream, monkeypatch):
    monkeypatch.setattr(runner, "CHECKPOINT", 10_000)
    upstream.fail(400).reply(SAID[:7], SAID[7:])
    upstream.pause(after=1)
    async with talk.tab() as tab:
        await talk.ask(QUESTION)
        await tab.until("streaming")
        await Message.objects.filter(role="assistant").aupdate(state=State.INTERRUPTED, runner="")
        upstream.resume()
        await tab.until("interrupted")
    await settled()
    answer = await talk.answer()
    assert answer.text == SAID
    assert await verdicts(answer) == CHECKED


async def test_what_cannot_be_checked_costs_no_answer(talk, upstream, monkeypatch):
    async def fails(*_):
        raise ValueError

    monkeypatch.setattr(answering.answering, "check", fails)
    upstream.fail(400).reply(SAID)
    answer = await talk.asked(QUESTION)
    assert (answer.state, answer.text) == (State.COMPLETE, SAID)
    assert "cite not-checked" in (await talk.client.get(f"/c/{talk.pk}/")).content.decode()


async def test_what_was_found_is_saved_however_long_the_database_takes(talk, upstream, monkeypatch):
    monkeypatch.setattr(evidence, "_freeze", failing(3, evidence._freeze))
    monkeypatch.setattr(answering, "SAVE_WAITS", (0.01,) * 4)
    upstream.fail(400).reply(SAID)
    answer = await talk.asked(QUESTION)
    assert answer.state == State.COMPLETE
    assert await verdicts(answer) == CHECKED


async def test_code_that_goes_on_has_no_markers(talk, upstream):
    begun = "Parents may take twenty-six weeks.[doc1]\n\n```python\nweeks = leave"
    upstream.fail(400).break_off(begun, " #", after=2)
    answer = await talk.asked(QUESTION)
    upstream.reply("[1]\n", "```\n", "See [1].")
    await talk.command("continue", answer)
    await settled()
    answer = await talk.answer()
    assert answer.text.endswith("weeks = leave #[1]\n```\nSee [doc1].")


async def test_a_fallback_with_less_room_is_given_fewer_documents(talk, upstream, index, deployment):
    long = [
        " ".join(f"Parental leave of parents takes {at * 100 + n} weeks after a birth." for n in range(80))
        for at in range(3)
    ]
    index.documents = [{**index.documents[0], "title": f"Leave {at}", "content": text} for at, text in enumerate(long)]
    deployment.fallback = await sync_to_async(factories.make_deployment)(
        "small", address=deployment.endpoint, context_window=3000
    )
    await deployment.asave()
    upstream.fail(400).fail(429, headers={"Retry-After": "50"}).reply("It takes 101 weeks after a birth.[doc1]")
    answer = await talk.asked(QUESTION)
    assert (answer.state, answer.text) == (State.COMPLETE, "It takes 101 weeks after a birth.[doc1]")
    _, first, second = [each.json["messages"][0]["content"] for each in upstream.requests]
    assert len(second) < len(first) / 2
    given = [each async for each in answer.evidence.filter(number__gt=0).order_by("number")]
    assert len(given) == 1
    assert given[0].content in second
