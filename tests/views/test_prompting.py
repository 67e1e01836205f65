"""Prompts: one's own are written, versioned, and deleted unless a conversation keeps them; shared ones are read."""

from django.urls import reverse

from conversations.models import Prompt
from tests import factories


def add(browser, name="Rhymes", text="Answer {{who}} in rhyme."):
    return browser.post("/prompts/", {"name": name, "text": text})


def address(name="prompt"):
    return reverse(name, args=[Prompt.objects.get().pk])


def test_a_prompt_is_added_listed_and_offered_in_the_chat(browser, offline):
    assert add(browser).status_code == 302
    assert "Rhymes" in browser.get("/prompts/").content.decode()
    assert '-who" name="value-' in browser.get("/").content.decode()


def test_a_change_is_a_new_version_and_the_old_one_can_be_read(browser):
    add(browser)
    assert browser.post(address(), {"name": "Verse", "text": "Only verse."}).status_code == 302
    page = browser.get(address()).content.decode()
    assert "Verse" in page
    assert "Only verse." in page
    assert "Answer {{who}} in rhyme." in page
    assert Prompt.objects.get().latest.number == 2


def test_an_empty_form_is_refused_and_kept(browser):
    page = browser.post("/prompts/", {"name": "", "text": "precious"})
    assert page.status_code == 422
    assert "precious" in page.content.decode()
    assert not Prompt.objects.exists()


def test_it_is_deleted_unless_a_conversation_keeps_it(browser, person, offline):
    add(browser)
    latest = Prompt.objects.get().latest
    conversation = factories.make_conversation(person, deployment=offline, prompt=latest)
    refused = browser.post(address("delete_prompt"))
    assert refused.status_code == 409
    assert "Conversations use this prompt" in refused.content.decode()
    conversation.delete()
    assert browser.post(address("delete_prompt")).status_code == 302
    assert not Prompt.objects.exists()


def test_a_shared_prompt_is_read_and_not_changed(browser):
    Prompt.objects.create(name="House style").write("Be brief.")
    page = browser.get(address()).content.decode()
    assert "Be brief." in page
    assert "<textarea" not in page
    assert browser.post(address(), {"name": "Mine", "text": "x"}).status_code == 404
    assert browser.post(address("delete_prompt")).status_code == 404
