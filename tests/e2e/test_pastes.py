"""Long pastes fold into chips above the box: seen, put into the text, removed, kept, and sent with the question."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ended
from tests.e2e.test_page import box

LOG = "The lighthouse log.\n" * 2500


@pytest.fixture
def page(server, context):
    page = context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    sign_in(page, server)
    return page


def paste(page, text):
    box(page).focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def chips(page):
    return page.get_by_role("list", name="Pasted texts").get_by_role("listitem")


def test_a_short_paste_is_text(page):
    paste(page, "x" * 4000)
    expect(box(page)).to_have_value("x" * 4000)
    expect(chips(page)).to_have_count(0)


def test_several_long_pastes_survive_a_reload_and_are_sent_below_what_was_typed(page):
    box(page).fill("Compare these.")
    paste(page, LOG)
    paste(page, f"```\n{LOG}```")
    expect(chips(page).first).to_contain_text("Pasted text · 50 KB · about 12,000 tokens")
    page.reload()
    expect(chips(page)).to_have_count(2)
    expect(box(page)).to_have_value("Compare these.")
    box(page).press("Enter")
    ended(page)
    asked = page.locator("article.question .ask")
    expect(asked).to_contain_text("Show all")
    text = asked.evaluate("e => e.textContent").replace(asked.locator("summary").inner_text(), "")
    assert text == f"Compare these.\n\n```\n{LOG}```\n\n````\n```\n{LOG}```\n````"
    page.reload()
    expect(chips(page)).to_have_count(0)
    expect(box(page)).to_have_value("")


def test_a_paste_alone_is_a_question(page):
    paste(page, LOG)
    box(page).press("Enter")
    ended(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("The lighthouse log.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard_it_is_seen_put_into_the_text_and_removed(page, theme):
    page.emulate_media(color_scheme=theme)
    paste(page, LOG)
    paste(page, LOG.upper())
    chips(page).first.get_by_role("button", name="Pasted text").press("Enter")
    view = page.get_by_role("dialog", name="Pasted text")
    expect(view).to_contain_text("The lighthouse log.")
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(chips(page).first.get_by_role("button", name="Pasted text")).to_be_focused()
    page.keyboard.press("Enter")
    view.get_by_role("button", name="Put into the text").press("Enter")
    expect(box(page)).to_have_value(LOG.rstrip())
    expect(box(page)).to_be_focused()
    chips(page).get_by_role("button", name="Remove").press("Enter")
    expect(chips(page)).to_have_count(0)


def test_what_is_refused_or_cannot_be_sent_keeps_its_chips(page, context):
    paste(page, LOG)
    page.context.set_offline(True)
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(chips(page)).to_have_count(1)
    page.context.set_offline(False)
    context.faults.clear()  # the browser and htmx say that they could not send
    page.route("**/ask", lambda route: route.fulfill(status=413, content_type="text/html", body="<p>Too long.</p>"))
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Too long.")
    expect(chips(page)).to_have_count(1)
    page.unroute("**/ask")
    box(page).press("Enter")
    ended(page)
    expect(chips(page)).to_have_count(0)


def test_more_than_can_be_sent_is_refused_in_words_before_it_is_sent(page):
    paste(page, LOG)
    paste(page, "x" * 399_000)
    expect(page.get_by_role("alert")).to_contain_text("too long")
    expect(chips(page)).to_have_count(1)


def test_chips_are_gone_after_signing_out_and_are_nobody_elses(page, server):
    paste(page, LOG)
    page.context.clear_cookies()
    sign_in(page, server, "administrator")
    expect(chips(page)).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, server)
    expect(chips(page)).to_have_count(0)
