"""An employee asks the handbook, sees a numbered source, opens it, and reads the sentence that it rests on."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ask, ended

QUESTION = "How many days of parental leave do I get, and who approves it?"


@pytest.fixture(scope="session")
def server(handbook_server):
    return handbook_server


@pytest.fixture(params=[(1440, "light"), (390, "dark")], ids=["wide", "narrow"])
def page(request, server, context):
    width, scheme = request.param
    page = context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    sign_in(page, server)
    return page


@pytest.fixture
def answered(page):
    ask(page, QUESTION)
    ended(page)
    return page


def citation(page):
    return page.locator(".prose").get_by_role("link", name="Source 1: Time away").first


def panel(page):
    return page.get_by_role("complementary", name="Sources")


def test_a_new_chat_says_what_answers(page):
    expect(page.get_by_text("Answering from Employee handbook")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_attribute("placeholder", "Ask Employee handbook…")


def test_a_citation_opens_the_passage_with_its_support_marked(answered):
    citation(answered).click()
    expect(panel(answered).locator("mark").first).to_contain_text("90 working days")
    expect(panel(answered)).to_contain_text("The passage says so.")
    assert_clean(answered)
    answered.get_by_role("link", name="How this was found").click()
    expect(panel(answered)).to_contain_text("Kept, cited as 1")
    assert_clean(answered)


def test_the_panel_has_an_address_that_reload_back_and_forward_know(answered):
    before = answered.url
    citation(answered).click()
    expect(panel(answered)).to_be_visible()
    assert answered.url.endswith("/sources/1/")
    answered.reload()
    expect(panel(answered).locator("mark").first).to_be_visible()
    answered.get_by_role("link", name="Close sources").click()
    expect(panel(answered)).to_be_hidden()
    assert answered.url == before
    answered.go_back()
    expect(panel(answered)).to_be_visible()


def test_a_source_that_cannot_be_had_takes_the_place_of_nothing(answered):
    before = answered.url
    answered.route("**/sources/**", lambda route: route.fulfill(status=503, body="<!doctype html><title>Away</title>"))
    citation(answered).click()
    expect(answered.locator("#composer-error")).not_to_be_empty()
    expect(panel(answered)).to_be_hidden()
    assert answered.url == before


def test_the_document_opens_at_the_passage(answered):
    citation(answered).click()
    answered.get_by_role("link", name="Open at page").click()
    expect(answered.locator("section.sought mark").first).to_contain_text("90 working days")
    expect(answered.locator("section.sought")).to_be_in_viewport()
    assert_clean(answered)
    answered.get_by_role("link", name="Back to the chat").click()
    expect(panel(answered).locator("mark").first).to_be_visible()


def test_escape_closes_it_and_gives_the_focus_back(answered):
    citation(answered).press("Enter")
    expect(panel(answered)).to_be_visible()
    answered.keyboard.press("Escape")
    expect(panel(answered)).to_be_hidden()
    expect(citation(answered)).to_be_focused()


def test_focus_previews_the_passage(answered):
    citation(answered).focus()
    expect(answered.locator("#preview")).to_contain_text("90 working days")
    answered.keyboard.press("Escape")
    expect(answered.locator("#preview")).to_be_hidden()


def test_what_the_handbook_does_not_say_is_said_without_a_source(page):
    ask(page, "What is the melting point of tungsten?")
    ended(page)
    expect(page.locator("article.answer .prose")).to_contain_text("do not answer this question")
    expect(page.locator(".cite")).to_have_count(0)


def test_a_source_that_is_switched_off_is_not_asked(page):
    page.locator(".chip").click()
    page.get_by_role("group", name="Data sources").get_by_label("Employee handbook").uncheck()
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    ended(page)
    expect(page.locator(".cite")).to_have_count(0)
