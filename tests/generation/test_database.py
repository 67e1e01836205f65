"""The database fails, or somebody else has ended the answer: nothing is half-saved, nothing is overwritten."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from conversations.generation import answer as answering
from conversations.generation import runner
from conversations.models import Attempt, Conversation, Message, SearchText, State
from tests import factories
from tests.conftest import settled
from tests.talk import HTMX, eventually, make_lost

LOCKED = OperationalError("database is locked")
EITHER = pytest.mark.parametrize("error", [LOCKED, RuntimeError("nobody foresaw it")], ids=["database", "other"])


def failing(times, does, error=LOCKED):
    """`does`, but the first so many calls find the database locked."""
    left = [error] * times

    def flaky(*args, **facts):
        if left:
            raise left.pop()
        return does(*args, **facts)

    flaky.left = left
    return flaky


@EITHER
async def test_a_checkpoint_that_fails_does_not_end_the_stream(talk, upstream, monkeypatch, error):
    save = failing(2, runner._save, error)
    monkeypatch.setattr(runner, "_save", save)
    monkeypatch.setattr(runner, "CHECKPOINT", 0.1)
    upstream.reply("One, ", "two, ", "three.")
    upstream.pause(after=1)
    await talk.ask()
    assert (await talk.writing()).text == "One, "
    assert not save.left
    upstream.resume()
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.COMPLETE, "One, two, three.")


async def test_the_final_save_is_tried_until_it_succeeds(talk, upstream, monkeypatch):
    finish = failing(3, Message.finish)
    monkeypatch.setattr(Message, "finish", finish)
    monkeypatch.setattr(answering, "SAVE_WAITS", (0.01,) * 4)
    upstream.reply("Kept.")
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.COMPLETE, "Kept.")
    assert not finish.left


async def test_a_lost_answer_is_marked_wholly_or_not_at_all(talk, upstream, monkeypatch):
    upstream.reply("So far")
    lost = await talk.asked()
    await Message.objects.filter(pk=lost.pk).aupdate(state=State.STREAMING, runner="somebody else", text="So far")
    await make_lost()
    monkeypatch.setattr(SearchText, "of_message", failing(1, SearchText.of_message))
    with pytest.raises(OperationalError):
        await sync_to_async(Message.objects.sweep)()
    assert (await talk.answer()).state == State.STREAMING
    assert len(await sync_to_async(Message.objects.sweep)()) == 1


async def test_a_server_whose_clock_is_slow_does_not_lose_what_it_is_asked(talk, upstream, monkeypatch):
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() - timedelta(minutes=1))
    asked = await sync_to_async(factories.make_conversation)(talk.person)
    turn = await sync_to_async(asked.ask)("Hello?")
    assert not await Message.objects.lost().aexists()
    await Message.objects.filter(pk=turn.answer.pk).aupdate(state=State.STOPPED, text="One, ")
    await sync_to_async(asked.go_on)(turn.answer)
    assert not await Message.objects.lost().aexists()


async def test_text_and_attempt_are_saved_together_or_not_at_all(talk, upstream, monkeypatch):
    record = failing(1, Attempt.record)
    monkeypatch.setattr(Attempt, "record", record)
    monkeypatch.setattr(answering, "SAVE_WAITS", (1.0,))
    upstream.reply("Both.")
    await talk.ask()

    async def failed():
        return not record.left

    await eventually(failed)
    assert (await talk.answer()).running
    await settled()
    assert (await talk.answer()).state == State.COMPLETE
    assert (await talk.attempt()).finish_reason == "stop"


async def test_an_answer_that_can_never_be_saved_is_found_by_the_sweep(talk, upstream, monkeypatch):
    monkeypatch.setattr(Message, "finish", failing(9, Message.finish))
    monkeypatch.setattr(answering, "SAVE_WAITS", (0.01,) * 2)
    upstream.reply("Lost", ".")
    upstream.pause(after=1)
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        upstream.resume()
        await tab.until("interrupted")
    await settled()
    assert (await talk.answer()).running
    await make_lost()
    await runner.sweep()
    assert (await talk.answer()).state == State.INTERRUPTED


async def test_a_question_that_cannot_be_saved_is_answered_503_in_words(person, signed_in, offline, monkeypatch):
    monkeypatch.setattr(Conversation, "ask", failing(1, Conversation.ask))
    address, form = factories.question(person)
    refused = await signed_in.post(address, form, headers=HTMX)
    assert refused.status_code == 503
    assert "try again" in refused.content.decode()
    assert not await Message.objects.aexists()
    assert (await signed_in.post(address, form, headers=HTMX)).status_code == 200
    await settled()


async def test_whoever_lost_the_lease_writes_nothing_more(talk, upstream):
    upstream.reply("One, ", "two.")
    upstream.pause(after=1)
    await talk.ask()
    answer = await talk.writing()
    await Message.objects.filter(pk=answer.pk).aupdate(state=State.INTERRUPTED, runner="")
    assert await upstream.closed(within=2)
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "One, ")
    assert (await talk.attempt()).finish_reason == ""


async def test_the_lease_decides_even_if_it_was_lost_after_the_last_checkpoint(talk, upstream, monkeypatch):
    monkeypatch.setattr(runner, "CHECKPOINT", 10_000)
    upstream.reply("One, ", "two.")
    upstream.pause(after=1)
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        await Message.objects.filter(role="assistant").aupdate(state=State.INTERRUPTED, runner="")
        upstream.resume()
        await tab.until("interrupted")
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "One, two.")  # nothing that was shown is taken back
