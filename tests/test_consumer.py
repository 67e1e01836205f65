"""The socket tells its conversation's owner everything, heals what was lost, and tells nobody else anything."""

import asyncio

import pytest
from channels.testing import WebsocketCommunicator

from chatapp.asgi import application
from conversations import consumers
from conversations.completions.offline.transport import OfflineTransport
from conversations.generation import publish
from conversations.models import Message
from conversations.rendering import blocks
from tests import factories
from tests.conftest import settled
from tests.tab import Tab
from tests.talk import Talk

LONG = "write a long text of 120 words"
OURS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]


@pytest.fixture
def talk(person, signed_in, offline, monkeypatch):
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0.003,))  # its pace, in seconds
    return Talk(person, signed_in)


async def test_a_tab_that_opens_in_mid_answer_gets_the_whole_text_and_then_the_tail(talk):
    await talk.ask(LONG)
    begun = await talk.writing()
    async with talk.tab() as tab:
        first = await tab.hear()
        assert first["type"] == "blocks"
        assert first["from"] == 0
        await tab.until("complete")
        assert tab.blocks[str(begun.pk)] == blocks((await talk.answer()).text)


@pytest.mark.parametrize("every", [2, 3, 5])
async def test_lost_frames_are_healed_by_the_next_one(talk, every):
    count = 0

    def drop(event):
        nonlocal count
        count += event["type"] == "blocks"
        return event["type"] == "blocks" and count % every == 0

    async with talk.tab(drop=drop) as tab:
        await talk.ask(LONG)
        await tab.until("complete")
        answer = await talk.answer()
        await tab.resync(answer.pk)
        tab.drop = lambda event: False
        while (await tab.hear())["type"] != "blocks":
            pass
        assert tab.blocks[str(answer.pk)] == blocks(answer.text)


async def test_a_gap_makes_the_tab_ask_again_and_it_is_answered_from_the_first_block(talk):
    drops = iter([True, True, True])
    async with talk.tab(drop=lambda event: event["type"] == "blocks" and next(drops, False)) as tab:
        await talk.ask(LONG)
        await tab.until("complete")
        answer = await talk.answer()
        while tab.blocks.get(str(answer.pk)) != blocks(answer.text):
            await tab.hear()


async def test_after_the_final_state_no_blocks_follow(talk):
    async with talk.tab() as tab:
        await talk.ask("write a table")
        await tab.until("complete")
        await settled()
        while not await tab.quiet():
            assert (await tab.hear())["type"] == "sidebar"


async def test_the_row_is_committed_before_the_final_state_is_told(talk):
    async with talk.tab() as tab:
        await talk.ask("write a table")
        await tab.until("complete")
        assert (await talk.answer()).state == "complete"


async def test_two_tabs_show_the_same(talk):
    async with talk.tab() as one, talk.tab() as two:
        await talk.ask(LONG)
        await one.until("complete")
        await two.until("complete")
        assert one.blocks == two.blocks


async def test_a_second_tab_is_told_of_question_and_answer(talk):
    async with talk.tab() as tab:
        await talk.ask("hello")
        await tab.until("complete")
        messages = [str(each.pk) async for each in Message.objects.order_by("created")]
        assert tab.articles == messages


async def test_closing_every_tab_does_not_end_the_answer(talk):
    async with talk.tab() as tab:
        await talk.ask("write a table")
        await tab.until("streaming")
    await settled()
    assert (await talk.answer()).state == "complete"


async def test_resync_of_an_ended_answer_gives_all_its_blocks_and_its_state(talk):
    answer = await talk.asked("write a table")
    async with talk.tab() as tab:
        await tab.resync(answer.pk)
        await tab.until("complete")
        assert tab.blocks[str(answer.pk)] == blocks(answer.text)


async def test_a_stranger_who_connected_before_the_first_question_is_told_nothing(talk, stranger):
    other = await factories.aclient_of(stranger)
    async with Tab(other, talk.pk) as spy, talk.tab() as tab:
        assert spy.connected
        await talk.ask("hello")
        await tab.until("complete")
        answer = await talk.answer()
        await spy.resync(answer.pk)
        assert await spy.quiet()


async def test_a_stranger_who_connects_during_the_answer_is_told_nothing(talk, stranger):
    await talk.ask(LONG)
    await talk.writing()
    async with Tab(await factories.aclient_of(stranger), talk.pk) as spy:
        await spy.resync((await talk.answer()).pk)
        assert await spy.quiet(0.5)


async def test_somebody_who_was_suspended_behind_our_back_is_told_nothing_more(talk, person):
    answer = await talk.asked("hello")
    async with talk.tab() as tab:
        await type(person).objects.filter(pk=person.pk).aupdate(is_active=False)  # no signal is sent
        await tab.resync(answer.pk)
        assert await tab.quiet()


async def test_anonymous_sockets_are_refused(talk):
    wire = WebsocketCommunicator(application, f"/ws/c/{talk.pk}/", headers=OURS)
    assert (await wire.connect())[0]  # else a browser is told nothing
    closed = await wire.receive_output(5)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4401)
    await wire.send_to('{"type": "resync", "message": "00000000-0000-4000-8000-000000000000"}')
    assert await wire.receive_nothing()
    await wire.wait()  # it ended, and without an error


async def opens(talk, origin, host="localhost", path=""):
    cookie = f"sessionid={talk.client.cookies['sessionid'].value}".encode()
    headers = [(b"host", host.encode()), (b"cookie", cookie)]
    headers += [(b"origin", origin.encode())] if origin else []
    wire = WebsocketCommunicator(application, path or f"/ws/c/{talk.pk}/", headers=headers)
    connected, _ = await wire.connect()
    await wire.disconnect()
    return connected


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost:9999", "http://localhost.evil.example", "http://127.0.0.1", "null", ""],
)
async def test_sockets_from_other_origins_are_refused(talk, origin):
    """Cookies know no ports: what else is served on this host has them too."""
    assert not await opens(talk, origin)


async def test_sockets_of_our_pages_open(talk, settings):
    assert await opens(talk, "http://localhost:8000", "localhost:8000")
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://chat.example.com", ["chat.example.com", "localhost"]
    public = "https://chat.example.com"
    assert await opens(talk, public, "chat.example.com")
    assert await opens(talk, public, "127.0.0.1:8000")  # as a proxy may pass it on
    assert await opens(talk, "http://localhost:8000", "localhost:8000")
    for origin in ("http://chat.example.com", "https://chat.example.com:8443", "https://evil.example.com"):
        assert not await opens(talk, origin, origin.partition("//")[2])
    assert not await opens(talk, "http://evil.example", "evil.example")


async def test_an_address_that_is_none_opens_nothing(talk):
    assert not await opens(talk, "http://localhost", path="/ws/nothing/")


@pytest.mark.parametrize(
    "frame",
    [
        " ",
        "no json",
        "null",
        "[]",
        "{}",
        '"type"',
        '{"type": []}',
        '{"type": "ask", "text": "do it"}',
        '{"type": "resync"}',
        '{"type": "resync", "message": 7}',
        '{"type": "resync", "message": "no-uuid"}',
        '{"type": "pong", "more": "' + "x" * 300 + '"}',
        "[" * 150,
    ],
)
async def test_a_malformed_frame_closes_the_socket(talk, frame):
    async with talk.tab() as tab:
        await tab.wire.send_to(frame)
        closed = await tab.wire.receive_output(5)
        assert (closed["type"], closed["code"]) == ("websocket.close", 4400)


async def test_a_malformed_frame_closes_only_that_socket(talk):
    async with talk.tab() as good, talk.tab() as bad:
        await bad.wire.send_to("no json")
        assert (await bad.wire.receive_output(5))["type"] == "websocket.close"
        await talk.ask("hello")
        await good.until("complete")


async def test_bytes_are_malformed_too(talk):
    async with talk.tab() as tab:
        await tab.wire.send_to(bytes_data=b"\xff\x00")
        assert (await tab.wire.receive_output(5))["code"] == 4400


async def test_pong_is_taken_silently(talk):
    async with talk.tab() as tab:
        await tab.wire.send_to('{"type": "pong"}')
        assert await tab.quiet()


async def test_signing_out_closes_the_sockets_of_that_browser_and_no_other(talk, person):
    elsewhere = await factories.aclient_of(person)
    async with talk.tab() as tab, Tab(elsewhere, talk.pk) as other:
        await talk.client.post("/accounts/logout/")
        closed = await tab.wire.receive_output(5)
        assert (closed["type"], closed["code"]) == ("websocket.close", 4401)
        assert await other.quiet()


async def test_a_list_for_somebody_who_just_left_is_nobodys_error(talk, monkeypatch):
    told = asyncio.Queue()

    async def gone(self, *_, **__):
        told.put_nowait(self)
        raise ConnectionResetError

    async with talk.tab():
        monkeypatch.setattr(consumers.ConversationConsumer, "send", gone)
        await publish.sidebar(talk.person.pk)
        consumer = await asyncio.wait_for(told.get(), 5)
        await consumer.listing


async def test_what_was_asked_while_a_page_was_away_is_told_when_it_comes_back(talk):
    first = await talk.asked("hello")
    second = await talk.asked("hello again")
    async with talk.tab(after=first.pk) as tab:
        assert [(await tab.hear())["message"] for _ in range(2)] == [str(second.parent_id), str(second.pk)]
        assert tab.articles == [str(second.parent_id), str(second.pk)]
        assert await tab.quiet()


async def test_a_page_of_a_new_chat_that_began_elsewhere_is_told_all_of_it(talk):
    answer = await talk.asked("hello")
    async with talk.tab(after="") as tab:
        await tab.hear()
        await tab.hear()
        assert tab.articles == [str(answer.parent_id), str(answer.pk)]


@pytest.mark.parametrize("after", ["{last}", "7", "no-uuid", "00000000-0000-4000-8000-000000000000"])
async def test_a_page_that_has_everything_or_is_on_another_branch_is_told_nothing(talk, after):
    last = await talk.asked("hello")
    async with talk.tab(after=after.format(last=last.pk)) as tab:
        assert await tab.quiet()


async def test_a_stranger_who_asks_what_came_after_nothing_is_told_nothing(talk, stranger):
    await talk.asked("hello")
    async with Tab(await factories.aclient_of(stranger), talk.pk, after="") as spy:
        assert await spy.quiet()


async def test_an_answer_that_ended_before_its_article_was_told_is_told_as_ended(talk, monkeypatch):
    started = consumers.ConversationConsumer.answer_started

    async def late(self, event):
        await settled()
        await started(self, event)

    monkeypatch.setattr(consumers.ConversationConsumer, "answer_started", late)
    async with talk.tab() as tab:
        await talk.ask("hello")
        while (await tab.hear())["type"] != "state":
            pass
        assert tab.events[-1]["state"] == "complete"
