"""Everything by keyboard: sending, stopping, editing, a new chat; and where the focus is afterwards."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import PASSWORD
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ANSWER, ask, ended


def test_from_sign_in_to_an_answer_without_a_mouse(server, context):
    page = context().new_page()
    page.goto(server.address)
    page.get_by_label("User name or e-mail").focus()
    page.keyboard.type("employee")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.wait_for_load_state("load")  # until the modules have run, Enter is the browser's
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    ended(page)
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_shift_enter_breaks_the_line(page):
    box = page.get_by_role("textbox", name="Message")
    box.fill("one")
    box.press("Shift+Enter")
    page.keyboard.type("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator("article")).to_have_count(0)


def test_escape_stops_the_answer(page):
    ask(page, "long text of 300 words")
    page.wait_for_function("() => document.querySelector('article.answer')?.innerText.length > 100")
    page.keyboard.press("Escape")
    ended(page, "stopped")


def test_escape_closes_what_is_open_before_it_stops(page):
    ask(page, "long text of 200 words")
    page.get_by_label("Edit question").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Edited question")).to_be_hidden()
    expect(page.get_by_label("Edit question")).to_be_focused()
    ended(page, "complete")


def test_arrow_up_in_an_empty_box_edits_the_last_question(page):
    ask(page, "12 * 12")
    ended(page)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Edited question")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("0")
    page.keyboard.press("Control+Enter")
    expect(page.locator(ANSWER)).to_contain_text("12 * 120 = 1,440")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_shortcut_opens_a_new_chat(page):
    ask(page, "hello")
    ended(page)
    page.keyboard.press("Control+Shift+O")
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


def test_the_send_button_leaves_the_focus_in_the_box(page):
    page.get_by_role("textbox", name="Message").fill("hello")
    page.get_by_role("button", name="Send").click()
    ended(page)
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_how_an_answer_ended_is_announced_in_words(server, context):
    page = context().new_page()
    sign_in(page, server)
    ask(page, "hello")
    expect(page.locator("#announcer")).to_contain_text("Answer finished", timeout=10_000)
    ask(page, "write a long text of 2000 words")
    expect(page.locator(".answer").last).to_have_attribute("data-state", "streaming")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#announcer")).to_contain_text("You stopped this answer.", timeout=10_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_shortcuts_are_listed(page, theme):
    page.emulate_media(color_scheme=theme)
    sheet = page.get_by_role("dialog", name="Keyboard")
    page.keyboard.type("?")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("?")
    page.keyboard.press("Control+/")
    expect(sheet).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.locator("#scroller").focus()
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("Control+/")
    page.keyboard.press("Control+k")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()


@pytest.mark.parametrize("sign", ["isComposing: true", "keyCode: 229"])
def test_no_key_of_an_input_method_is_ours(page, sign):
    ask(page, "long text of 200 words")
    for place, key in (("#message", "Enter"), ("#message", "ArrowUp"), ("#message", "Escape"), ("#q", "Escape")):
        if place == "#q":
            page.keyboard.press("Control+k")
        event = f"new KeyboardEvent('keydown', {{key: '{key}', {sign}, bubbles: true, cancelable: true}})"
        assert page.locator(place).evaluate(f"e => e.dispatchEvent({event})"), "it was taken"
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()
    expect(page.get_by_role("textbox", name="Edited question")).to_be_hidden()
    expect(page.locator("article")).to_have_count(2)
    ended(page, "complete")
