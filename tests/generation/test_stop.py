"""Stop ends an answer early, at once and at the upstream too; what came stays."""

from conversations.models import Message, State
from tests.conftest import settled


async def test_stop_keeps_the_text_and_closes_the_upstream_within_a_second(talk, upstream):
    upstream.stall("Half of ", "it")
    async with talk.tab() as tab:
        await talk.ask()
        answer = await talk.answer()
        await tab.until("streaming")
        response = await talk.command("stop", answer)
        assert response.status_code == 204
        assert await upstream.closed(within=1)
        await tab.until("stopped")
        assert tab.words(answer.pk) == "Half of it"
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.STOPPED, "Half of it")


async def test_stop_before_the_first_token_leaves_an_empty_stopped_answer(talk, upstream):
    upstream.stall()
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("pending")
        await talk.command("stop", await talk.answer())
        await tab.until("stopped")
    assert await upstream.closed(within=1)
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.STOPPED, "")


async def test_stop_right_after_the_question_is_not_lost(talk, upstream):
    upstream.stall("Never asked for")
    await talk.ask()
    await talk.command("stop", await talk.answer())
    await settled()
    assert (await talk.answer()).state == State.STOPPED


async def test_stopping_what_has_ended_changes_nothing(talk, upstream):
    upstream.reply("Whole.")
    answer = await talk.asked()
    assert (await talk.command("stop", answer)).status_code == 204
    again = await Message.objects.aget(pk=answer.pk)
    assert (again.state, again.stop_requested) == (State.COMPLETE, False)


async def test_a_stopped_answer_can_be_continued(talk, upstream):
    upstream.stall("One, ").reply("two.")
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        await talk.command("stop", await talk.answer())
        await settled()
        await talk.command("continue", await talk.answer())
        await tab.until("complete")
    assert (await talk.answer()).text == "One, two."


async def test_a_stop_asked_for_by_another_process_is_found_in_the_row(talk, upstream):
    upstream.stall("Half")
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        await Message.objects.filter(role="assistant").aupdate(stop_requested=True)
        await tab.until("stopped", timeout=2)
    await settled()
    assert (await talk.answer()).text == "Half"


async def test_waiting_for_the_next_try_can_be_stopped(talk, upstream):
    upstream.fail(429, headers={"Retry-After": "30"})
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("pending")
        await talk.command("stop", await talk.answer())
        await tab.until("stopped", timeout=2)
    await settled()
