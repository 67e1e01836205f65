"""Rename, pin, archive, delete and take back, export, search: with htmx and without, and nothing is ever lost."""

import json

import pytest
from django.urls import reverse

from conversations.models import Conversation, Message, SearchText, State
from tests import factories
from tests.conftest import settled
from tests.talk import HTMX, Talk


@pytest.fixture
async def talk(person, signed_in, offline):
    talk = Talk(person, signed_in)
    await talk.asked("What is parental leave?")
    return talk


async def post(talk, name, *, opened=None, **form):
    headers = HTMX | ({"HX-Current-URL": f"http://testserver{opened}"} if opened else {})
    return await talk.client.post(reverse(name, args=[talk.pk]), form, headers=headers)


async def row(talk):
    return await Conversation.objects.aget(pk=talk.pk)


async def test_renaming(talk):
    said = await post(talk, "rename", title="  Leave,   explained ", opened=f"/c/{talk.pk}/")
    assert (await row(talk)).title == "Leave, explained"
    page = said.content.decode()
    assert "Renamed." in page
    assert 'aria-current="page">Leave, explained' in page
    assert (await post(talk, "rename", title="x" * 999)).status_code == 200
    assert len((await row(talk)).title) == 200


async def test_a_title_without_a_letter_is_refused_where_it_was_typed(talk):
    said = await post(talk, "rename", title=" ")
    assert (said.status_code, said["HX-Retarget"]) == (422, "#menu")
    assert "A title needs at least one letter." in said.content.decode()
    assert 'aria-invalid="true"' in said.content.decode()
    assert (await row(talk)).title == "What is parental leave?"
    without_scripts = await talk.client.post(reverse("rename", args=[talk.pk]), {"title": " "})
    assert "A title needs at least one letter." in without_scripts.content.decode()


async def test_pinned_ones_come_first(talk):
    other = Talk(talk.person, talk.client)
    await other.asked("hello")
    listing = (await post(talk, "pin")).content.decode()
    assert listing.index("Pinned") < listing.index(str(talk.pk)) < listing.index("Today") < listing.index(str(other.pk))
    await post(talk, "pin")
    assert "Pinned" not in (await talk.client.get("/conversations/")).content.decode()


async def test_an_archived_one_leaves_the_list_and_comes_back_with_a_question(talk):
    await post(talk, "pin")
    assert str(talk.pk) not in (await post(talk, "archive")).content.decode().partition("conversations-list")[2]
    assert not (await row(talk)).pinned
    assert str(talk.pk) in (await talk.client.get("/archived/")).content.decode()
    assert (await talk.client.get(f"/c/{talk.pk}/")).status_code == 200
    await talk.asked("And you?")
    assert not (await row(talk)).archived


async def test_a_deleted_one_is_gone_everywhere_and_can_be_taken_back(talk):
    answer = await talk.answer()
    said = await post(talk, "delete", opened="/")
    assert "Undo" in said.content.decode()
    assert "HX-Redirect" not in said
    for address in (f"/c/{talk.pk}/", f"/c/{talk.pk}/m/{answer.pk}/", f"/c/{talk.pk}/export.md"):
        assert (await talk.client.get(address)).status_code == 404
    assert (await talk.ask("Still there?")).status_code == 404
    assert str(talk.pk) not in (await talk.client.get("/search?q=parental")).content.decode()
    assert "It is back." in (await post(talk, "take_back")).content.decode()
    assert (await talk.client.get(f"/c/{talk.pk}/")).status_code == 200
    assert (await post(talk, "take_back")).status_code == 404


async def test_deleting_the_page_one_is_on_leads_to_a_new_chat_that_offers_it_back(talk):
    said = await post(talk, "delete", opened=f"/c/{talk.pk}/")
    page = (await talk.client.get(said["HX-Redirect"])).content.decode()
    assert reverse("take_back", args=[talk.pk]) in page


async def test_nobody_is_offered_what_somebody_else_deleted(talk, stranger):
    said = await post(talk, "delete", opened=f"/c/{talk.pk}/")
    spy = await factories.aclient_of(stranger)
    assert str(talk.pk) not in (await spy.get(said["HX-Redirect"])).content.decode()
    assert (await spy.post(reverse("take_back", args=[talk.pk]))).status_code == 404
    assert (await row(talk)).deleted


@pytest.mark.parametrize("deleted", ["", "7", "no-uuid", "00000000-0000-4000-8000-000000000000"])
async def test_an_address_that_offers_nothing_back_is_a_new_chat(talk, deleted):
    assert "take-back" not in (await talk.client.get(f"/?deleted={deleted}")).content.decode()


async def test_deleting_stops_the_answer_that_runs(talk):
    await talk.ask("write a long text of 2000 words")
    await talk.writing()
    await post(talk, "delete")
    await settled()
    assert (await talk.answer()).state == State.STOPPED


@pytest.mark.parametrize("name", ["rename", "pin", "archive", "take_back", "delete"])
async def test_without_scripts_a_page_follows(talk, name):
    if name == "take_back":
        await talk.client.post(reverse("delete", args=[talk.pk]))
    said = await talk.client.post(reverse(name, args=[talk.pk]), {"title": "New"}, follow=True)
    assert said.status_code == 200
    assert ("Undo" in said.content.decode()) == (name == "delete")
    assert (await talk.client.get(reverse("listing"))).status_code == 200


async def test_the_menu_is_a_piece_or_a_page(talk):
    address = reverse("menu", args=[talk.pk])
    assert "<html" not in (await talk.client.get(address, headers=HTMX)).content.decode()
    assert "<html" in (await talk.client.get(address)).content.decode()


async def test_exports_hold_what_was_said(talk):
    answer = await talk.answer()
    markdown = await talk.client.get(f"/c/{talk.pk}/export.md")
    assert markdown["Content-Disposition"] == 'attachment; filename="what-is-parental-leave.md"'
    text = markdown.content.decode()
    assert text.startswith("# What is parental leave?\n")
    assert answer.text in text
    whole = json.loads((await talk.client.get(f"/c/{talk.pk}/export.json")).content)
    assert [each["text"] for each in whole["messages"]] == ["What is parental leave?", answer.text]
    assert whole["messages"][1]["attempts"][0]["finish_reason"] == "stop"
    assert whole["leaf"] == str(answer.pk)


@pytest.mark.django_db
def test_search_shows_an_answer_without_its_markers(browser, person, offline):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), question="Was [doc1]?")
    Message.objects.filter(pk=turn.answer.pk).update(text="A café [doc1][doc2] is open.")
    SearchText.of_message(turn.answer, "A café is open.")
    assert "A <mark>café</mark> is open." in browser.get("/search?q=cafe", headers=HTMX).content.decode()
    assert "[doc1]?" in browser.get("/search?q=was", headers=HTMX).content.decode()


async def test_search_marks_what_it_found_and_leads_to_the_message(talk):
    answer = await talk.asked("repeat after me: The café opens <b>at nine</b>, élève.")
    page = (await talk.client.get("/search?q=cafe+eleve", headers=HTMX)).content.decode()
    assert "<mark>café</mark>" in page
    assert "&lt;b&gt;" in page
    assert f"/c/{talk.pk}/m/{answer.pk}/#m-{answer.pk}" in page
    assert "<html" in (await talk.client.get("/search?q=cafe")).content.decode()


async def test_searching_for_nothing_lists_the_last_ones_and_for_something_unknown_says_so(talk):
    assert "parental leave" in (await talk.client.get("/search", headers=HTMX)).content.decode()
    assert "Nothing was found" in (await talk.client.get("/search?q=zebra", headers=HTMX)).content.decode()


@pytest.mark.parametrize("shown", ["200", "0", "-1", "x", "٣", "9" * 30, "9" * 5000])
async def test_the_list_is_as_long_as_asked_for(talk, shown):
    assert (await talk.client.get("/conversations/", {"shown": shown})).status_code == 200
