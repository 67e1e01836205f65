"""Answers whose process ended: whoever notices first calls them interrupted, and what was saved can go on."""

import asyncio
import logging

import pytest
from django import db
from django.utils import timezone

from conversations import generation
from conversations.generation import runner
from conversations.models import Message, State
from conversations.models.conversation_set import ConversationQuerySet
from tests.conftest import settled
from tests.talk import eventually, make_lost


async def test_the_sweep_interrupts_lost_answers_and_tells_their_viewers(talk, upstream, caplog):
    lost = await left_behind(talk, upstream, "So far")
    async with talk.tab() as tab:
        await tab.until("streaming")
        assert tab.words(lost.pk) == "So far"
        await make_lost()
        with caplog.at_level(logging.WARNING):
            await generation.sweep()
        await tab.until("interrupted")
    lost = await talk.answer()
    assert (lost.state, lost.text, lost.runner) == (State.INTERRUPTED, "So far", "")
    assert (await talk.attempt()).error == "server_lost"
    assert str(lost.pk) in caplog.text


async def test_an_answer_that_is_being_written_is_not_swept(talk, upstream):
    upstream.stall("Still")
    await talk.ask()
    await talk.writing()
    await generation.sweep()
    assert (await talk.answer()).state == State.STREAMING


async def test_a_process_that_slept_does_not_call_its_own_answers_lost(talk, upstream):
    upstream.reply("Still ", "here.")
    upstream.pause(after=1)
    await talk.ask()
    await talk.writing()
    await make_lost()
    await generation.sweep()
    await talk.client.get(f"/c/{talk.pk}/")
    upstream.resume()
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.COMPLETE, "Still here.")


async def test_opening_the_page_notices_a_lost_answer(talk, upstream):
    await left_behind(talk, upstream, "So far")
    await make_lost()
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert 'data-state="interrupted"' in page
    assert "So far" in page


async def test_a_lost_answer_can_be_continued(talk, upstream):
    await left_behind(talk, upstream, "One, ")
    await make_lost()
    await generation.sweep()
    upstream.reply("two.")
    await talk.command("continue", await talk.answer())
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.COMPLETE, "One, two.")


async def test_a_conversation_with_a_lost_answer_takes_the_next_question(talk, upstream):
    await left_behind(talk, upstream, "One")
    await make_lost()
    await generation.sweep()
    upstream.reply("Fine.")
    assert (await talk.asked("And you?")).text == "Fine."


@pytest.mark.parametrize("error", [db.OperationalError, RuntimeError])
async def test_a_purge_that_fails_time_and_again_hides_no_lost_answer(talk, upstream, monkeypatch, error):
    rounds = []

    def fail(conversations):
        rounds.append(conversations)
        raise error("it never works")

    async def failed_twice():
        return len(rounds) > 1

    async def interrupted():
        return (await talk.answer()).state == State.INTERRUPTED

    monkeypatch.setattr(ConversationQuerySet, "purge", fail)
    monkeypatch.setattr(runner, "SWEEP", 0.01)
    await left_behind(talk, upstream, "So far")
    sweeping = asyncio.create_task(generation.keep_sweeping())
    try:
        await eventually(failed_twice)
        await make_lost()
        await eventually(interrupted)
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def left_behind(talk, upstream, text):
    """An answer with `text` that another process writes, which will not be heard of again."""
    upstream.reply("")
    answer = await talk.asked()
    facts = {"text": text, "state": State.STREAMING, "runner": "somebody else", "beat_at": timezone.now()}
    await Message.objects.filter(pk=answer.pk).aupdate(**facts)
    await answer.attempts.aupdate(finish_reason="")
    return answer
