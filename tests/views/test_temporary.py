"""A temporary chat is in no list, search or export, and is gone soon after its page was closed."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations import consumers
from conversations.models import Conversation, Evidence, Message, SearchText
from conversations.views import sidebar
from tests import factories
from tests.tab import Tab
from tests.talk import Talk, eventually


@pytest.fixture
def talk(person, signed_in, deployment):
    return Talk(person, signed_in)


@pytest.fixture
async def chat(talk, upstream):
    upstream.reply("A secret answer.")
    await talk.asked("My secret question?", temporary="1")
    return talk


async def found():
    return await Conversation.objects.aget()


async def test_only_what_was_ticked_is_temporary(talk, upstream):
    upstream.reply("a").reply("b")
    await talk.asked("one")
    await talk.asked("two", temporary="1")  # it has begun
    assert not (await found()).temporary


async def test_it_is_answered_and_shown_like_others(chat):
    page = (await chat.client.get(f"/c/{chat.pk}/")).content.decode()
    assert "A secret answer." in page
    assert "It is deleted an hour after you close it" in page


async def test_no_word_of_it_is_put_into_the_index_of_searches(chat):
    await sync_to_async((await found()).rename)("My secret title")
    assert not await SearchText.objects.aexists()


async def test_it_is_in_no_list_search_or_export(chat, person):
    assert (await sync_to_async(sidebar.listing)(person))["groups"] == []
    for address in ("/search?q=secret", "/search", "/archived/", "/conversations/"):
        assert "My secret" not in (await chat.client.get(address)).content.decode(), address
    for address in ("export.md", "export.json"):
        assert (await chat.client.get(f"/c/{chat.pk}/{address}")).status_code == 404
    menu = (await chat.client.get(f"/c/{chat.pk}/menu")).content.decode()
    assert "Export" not in menu
    assert "Delete" in menu
    response = await chat.client.post("/account/export")
    zipped = b"".join([part async for part in response.streaming_content])
    assert b"conversations/" not in zipped


async def test_it_is_gone_an_hour_after_its_page_was_closed(chat):
    purge = sync_to_async(Conversation.objects.all().purge)
    await Conversation.objects.aupdate(updated=timezone.now() - timedelta(minutes=55))
    assert await purge() == 0
    await Conversation.objects.aupdate(updated=timezone.now() - timedelta(minutes=65))
    assert await purge() == 1
    for model in (Conversation, Message, SearchText, Evidence):
        assert not await model.objects.aexists()


async def test_it_is_gone_after_a_day_though_its_page_is_open(chat):
    await Conversation.objects.aupdate(created=timezone.now() - timedelta(hours=25), updated=timezone.now())
    assert await sync_to_async(Conversation.objects.all().purge)() == 1


async def test_an_open_page_keeps_it(chat, person, monkeypatch):
    monkeypatch.setattr(consumers, "PING", 0.05)
    monkeypatch.setattr(consumers, "STAY", 1)
    old = timezone.now() - timedelta(minutes=55)
    await Conversation.objects.aupdate(updated=old)
    stranger = await sync_to_async(factories.make_person)("eve")
    async with Tab(await factories.aclient_of(stranger), chat.pk):
        await asyncio.sleep(0.4)  # some pings
    assert (await found()).updated == old

    async def kept():
        return (await found()).updated > old + timedelta(minutes=50)

    async with Tab(await factories.aclient_of(person), chat.pk):
        await eventually(kept)


def test_others_are_not_touched_by_it(person):
    kept = factories.make_conversation(person, updated=timezone.now() - timedelta(days=400))
    Conversation.objects.filter(pk=kept.pk).stay()
    assert Conversation.objects.get().updated == kept.updated
    assert Conversation.objects.all().purge() == 0


def test_a_new_chat_offers_it(browser, offline):
    page = browser.get("/").content.decode()
    assert 'name="temporary"' in page
    assert "after a day at the latest" in page


def test_nobody_else_reads_it(administrator, person, offline):
    chat = factories.make_conversation(person, deployment=offline, text="Hush", temporary=True)
    client = factories.browser_of(administrator)
    page = f"/admin/people/{person.pk}/conversations/"
    assert "Hush" not in client.post(page, {"reason": "It was asked for by somebody."}).content.decode()
    assert client.post(f"{page}{chat.pk}/", {"reason": "It was asked for by somebody."}).status_code == 404
