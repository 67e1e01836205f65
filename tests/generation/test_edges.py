"""Rare moments that once lost something: each of these failed before it was mended."""

import asyncio
import json
import time
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from conversations import consumers, generation, viewer
from conversations.answering.history import fit
from conversations.completions.errors import PromptTooLong
from conversations.completions.wire import Message as Said
from conversations.generation import answer as answering
from conversations.generation import publish, pulse, runner
from conversations.generation.work import CONTINUE
from conversations.models import Attempt, Conversation, Message, SearchText, State
from tests import factories
from tests.conftest import settled
from tests.talk import HTMX, eventually, make_lost


def chunk(text, finish_reason=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


async def test_a_layer_that_hangs_does_not_hold_up_checkpoints(talk, upstream, monkeypatch):
    hanging = asyncio.Event()

    class Layer:
        async def group_send(self, *_):
            await hanging.wait()

    async def saved_often():
        return len(saved) > 5

    saved, save = [], runner._save
    monkeypatch.setattr(publish, "shared", lambda: True)
    monkeypatch.setattr(publish, "get_channel_layer", Layer)
    monkeypatch.setattr(publish, "PATIENCE", 60)
    monkeypatch.setattr(runner, "CHECKPOINT", 0.1)
    monkeypatch.setattr(runner, "_save", lambda rows: saved.append(rows) or save(rows))
    upstream.reply("One, ", "two.")
    upstream.pause(after=1)
    await talk.ask()
    await talk.writing()
    await eventually(saved_often)
    hanging.set()
    upstream.resume()
    await settled()


async def test_a_handler_that_fails_leaves_nothing_behind(talk, upstream, monkeypatch):
    upstream.reply("Hi.")
    answer = await talk.asked()

    def broken(*_):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(viewer.Viewer, "message", broken)
    before = asyncio.all_tasks()
    tab = talk.tab()
    await tab.__aenter__()
    await tab.resync(answer.pk)
    with pytest.raises(RuntimeError):
        await tab.wire.receive_output(2)
    assert not [each for each in asyncio.all_tasks() - before if "_ping" in repr(each) and not each.done()]
    assert not pulse._waiting


async def test_a_page_whose_socket_the_database_fails_is_told_to_come_again(talk, upstream, monkeypatch):
    upstream.reply("Hi.")
    answer = await talk.asked()

    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(viewer.Viewer, "message", locked)
    tab = talk.tab()
    await tab.__aenter__()
    await tab.resync(answer.pk)
    assert await tab.wire.receive_output(2) == {"type": "websocket.close", "code": 1012}
    assert not pulse._waiting


async def test_what_a_page_is_shown_waits_for_the_database(talk, upstream, monkeypatch):
    upstream.reply("Hel", "lo")
    monkeypatch.setattr(consumers, "AGAIN", 0.1)
    real, failures = viewer.Viewer.state, iter(range(3))

    def state(*facts):
        if next(failures, None) is not None:
            raise OperationalError("database is locked")
        return real(*facts)

    monkeypatch.setattr(viewer.Viewer, "state", state)
    upstream.pause(after=1)
    await talk.ask()
    async with talk.tab() as tab:
        upstream.resume()
        await tab.until("complete")
        assert tab.words((await talk.answer()).pk) == "Hello"
    assert next(failures, "all") == "all"


async def test_a_continuation_that_fails_can_be_tried_again(talk, upstream):
    upstream.break_off("Hel", "lo", after=2)
    answer = await talk.asked()
    upstream.fail(401)
    await talk.command("continue", answer)
    await settled()
    assert (await talk.answer()).state == State.INTERRUPTED
    assert "refused our key" in (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    upstream.reply(" world")
    assert (await talk.command("continue", answer)).status_code == 200
    await settled()
    assert (await talk.answer()).text == "Hello world"


async def test_continuing_an_earlier_answer_hides_no_later_turn(talk, upstream):
    upstream.break_off("Hel", "lo", after=2).reply("second", " more")
    first = await talk.asked("one")
    second = await talk.asked("two")
    upstream.reply(" world")
    await talk.command("continue", first)
    await settled()
    assert str(second.pk) in (await talk.client.get(f"/c/{talk.pk}/")).content.decode()


async def test_another_tab_is_told_that_an_answer_is_continued(talk, upstream):
    upstream.break_off("Hel", "lo", after=2)
    answer = await talk.asked()
    upstream.stall()
    async with talk.tab(after=answer.pk, state="interrupted") as tab:
        await talk.command("continue", answer)
        while (await tab.hear())["type"] != "state":
            pass
        assert tab.events[-1]["state"] == "pending"


async def test_a_page_that_was_away_while_an_answer_was_continued_is_told_how_it_ended(talk, upstream):
    upstream.break_off("Hel", "lo", after=2)
    answer = await talk.asked()
    upstream.reply(" world")
    await talk.command("continue", answer)
    await settled()
    async with talk.tab(after=answer.pk, state="interrupted") as tab:
        await tab.until("complete")
        assert tab.words(answer.pk) == "Hello world"


async def test_a_refused_question_changes_nothing(talk, upstream):
    await sync_to_async(factories.make_deployment)("other", address=f"{upstream.address}/v1")
    upstream.stall("a")
    await talk.ask("one")
    await talk.writing()
    assert (await talk.ask("two", deployment="other")).status_code == 409
    assert (await Conversation.objects.select_related("deployment").aget(pk=talk.pk)).deployment.name == "model"


async def test_a_first_question_that_is_refused_leaves_no_empty_conversation(talk):
    assert (await talk.ask("one", parent=str(uuid.uuid4()))).status_code == 409
    assert not await Conversation.objects.aexists()


async def test_a_refused_edit_without_scripts_keeps_the_text(talk, upstream):
    upstream.stall("a")
    await talk.ask("one")
    await talk.writing()
    question = await Message.objects.aget(conversation_id=talk.pk, role="user")
    refused = await talk.client.post(f"/c/{talk.pk}/m/{question.pk}/edit", {f"edit-{question.pk}": "precious"})
    assert refused.status_code == 409
    assert "precious" in refused.content.decode()


async def test_a_question_of_somebody_signed_out_is_kept_and_leads_to_the_page_not_the_command(talk, anonymous):
    kept = await anonymous.post(f"/c/{talk.pk}/ask", {"text": "precious"})
    assert kept.status_code == 401
    assert "precious" in kept.content.decode()
    led = await anonymous.post(f"/c/{talk.pk}/ask", {"text": "precious"}, headers=HTMX)
    assert led["Location"].endswith(f"?next=/c/{talk.pk}/")


async def test_an_error_in_mid_answer_is_not_called_a_restart(talk, upstream):
    upstream.raw(chunk("Hel"), b'data: {"error": {"message": "boom", "code": "500"}}\n\n')
    assert (await talk.asked()).state == State.INTERRUPTED
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert "restarted" not in page
    assert "in trouble" in page


async def test_somebody_suspended_in_mid_answer_is_told_nothing_more(talk, upstream, person):
    upstream.reply("a", "b")
    upstream.pause(after=1)
    await talk.ask()
    await talk.writing()
    async with talk.tab() as tab:
        await tab.until("streaming")
        person.is_active = False
        await person.asave()
        while (closed := await tab.wire.receive_output(5))["type"] != "websocket.close":
            assert "b" not in closed.get("text", "")
        assert closed["code"] == 4401
    upstream.resume()
    await settled()


async def test_a_new_password_closes_the_sockets_of_old_sessions(talk, person):
    async with talk.tab() as tab:
        person.set_password("another horse")
        await person.asave()
        assert (await tab.wire.receive_output(5))["code"] == 4401


async def test_viewers_do_not_wait_for_ever_when_saving_itself_fails(talk, upstream, monkeypatch):
    def gone(self):
        raise OperationalError("gone")

    monkeypatch.setattr(answering.Running, "_left", gone)
    upstream.reply("a", "b")
    upstream.pause(after=1)
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        for running in list(runner._running.values()):
            running.end(None)
        await tab.until("interrupted")
    upstream.resume()


async def test_a_database_that_failed_makes_nobody_doubt_leases(talk, deployment, monkeypatch):
    theirs = await sync_to_async(factories.make_conversation)(talk.person, deployment=deployment)
    answer = (await sync_to_async(theirs.ask)("Who?")).answer
    await make_lost()
    monkeypatch.setattr(runner, "_blind_since", time.monotonic())
    await generation.sweep()
    await answer.arefresh_from_db()
    assert answer.running
    monkeypatch.setattr(runner, "_blind_since", time.monotonic() - 16)
    await generation.sweep()
    await answer.arefresh_from_db()
    assert not answer.running


async def test_what_failed_before_a_fallback_is_in_the_details(talk, upstream, deployment, settings):
    settings.FIRST_TOKEN_TIMEOUT = 0.3
    deployment.fallback = await sync_to_async(factories.make_deployment)("other", address=f"{upstream.address}/v1")
    await deployment.asave()
    role = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}
    upstream.raw(b"data: " + json.dumps(role).encode() + b"\n\n", 2.0)  # no token yet
    upstream.reply("Here.")
    assert (await talk.asked()).text == "Here."
    assert [(each["deployment"], each["error"]) for each in (await talk.attempt()).tries] == [("model", "timed_out")]


async def test_what_a_dead_process_saved_is_found_by_searching(talk, deployment):
    theirs = await sync_to_async(factories.make_conversation)(talk.person, deployment=deployment)
    answer = (await sync_to_async(theirs.ask)("Who?")).answer
    await Message.objects.filter(pk=answer.pk).aupdate(text="the lighthouse keeper", state=State.STREAMING)
    await make_lost()
    await generation.sweep()
    assert await SearchText.objects.matching(talk.person, "lighthouse").acount() == 1


async def test_only_the_attempt_that_was_lost_is_called_lost(talk, upstream):
    upstream.reply("a", "b")
    upstream.pause(after=1)
    await talk.ask()
    answer = await talk.writing()
    await talk.command("stop", answer)
    await settled()
    upstream.resume()
    upstream.stall()
    await talk.command("continue", answer)
    await make_lost()
    await Message.objects.running().aupdate(runner="another process")
    await sync_to_async(lambda: Message.objects.all().sweep())()
    assert [each.error async for each in Attempt.objects.filter(message=answer)] == ["", "server_lost"]


async def test_continuing_is_never_asked_for_without_question_and_answer():
    long = [Said(role="user", content="why " * 2200), Said(role="assistant", content="because " * 2200)]
    with pytest.raises(PromptTooLong):
        await fit([*long, Said(role="user", content=CONTINUE)], 4096, keep=3)
