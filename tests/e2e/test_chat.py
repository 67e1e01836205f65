"""Ask, watch, reload, stop, edit, regenerate: the road of an answer in a browser."""

import re
import time

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import PASSWORD

ANSWER = "article[data-role=assistant]"
MARKED = 1500  # ms that a copy button shows that it has copied


def ask(page, text):
    before = page.locator(ANSWER).count()
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("textbox", name="Message").press("Enter")
    expect(page.locator(ANSWER)).to_have_count(before + 1)


def ended(page, state="complete", nth=-1):
    expect(page.locator(ANSWER).nth(nth)).to_have_attribute("data-state", state, timeout=30_000)


def test_signing_in_with_a_password(server, context):
    page = context().new_page()
    page.goto(server.address)
    page.get_by_label("User name or e-mail").fill("employee")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


def test_text_grows_and_a_reload_in_the_middle_misses_nothing(page):
    ask(page, "long text of 400 words")
    answer = page.locator(ANSWER)
    expect(answer).to_have_attribute("data-state", "streaming")
    before = len(answer.inner_text())
    page.wait_for_function("n => document.querySelector('article.answer').innerText.length > n + 200", arg=before)
    page.reload()
    ended(page)
    streamed = answer.inner_html()
    page.reload()
    assert answer.inner_html() == streamed
    assert answer.locator(".prose").inner_text().count("The keeper’s log") == 1


def test_the_streamed_page_equals_the_reloaded_one(page):
    for text in ("write a table", "show python code", "도움말", "long text of 150 words"):
        ask(page, text)
        ended(page)
        time.sleep(0.2)
    streamed = page.locator("#transcript").evaluate("e => [...e.querySelectorAll('article')].map(a => a.outerHTML)")
    page.reload()
    reloaded = page.locator("#transcript").evaluate("e => [...e.querySelectorAll('article')].map(a => a.outerHTML)")
    assert reloaded == streamed


def test_a_second_tab_shows_the_same(page):
    ask(page, "long text of 300 words")
    expect(page.locator(ANSWER)).to_have_attribute("data-state", "streaming")
    other = page.context.new_page()
    other.goto(page.url)
    ended(page)
    ended(other)
    assert page.locator(ANSWER).inner_html() == other.locator(ANSWER).inner_html()


def test_stop_keeps_the_text_and_continue_goes_on(page):
    ask(page, "long text of 300 words")
    page.wait_for_function("() => document.querySelector('article.answer')?.innerText.length > 200")
    page.get_by_role("button", name="Stop").click()
    ended(page, "stopped")
    expect(page.get_by_role("log").get_by_text("You stopped this answer.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    ended(page)
    assert page.locator(ANSWER).inner_text().count("The keeper’s log") == 1


def test_an_edited_question_is_a_branch_that_can_be_walked(page):
    ask(page, "12 * 12")
    ended(page)
    page.get_by_label("Edit question").click()
    page.get_by_role("textbox", name="Edited question").fill("12 * 13")
    # As dragging its corner does: htmx must not carry that over, which the content policy refuses.
    page.get_by_role("textbox", name="Edited question").evaluate("box => { box.style.height = '9rem'; }")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(ANSWER)).to_contain_text("156")
    expect(page.get_by_role("heading", name="12 * 13")).to_be_visible()
    expect(page.locator("article.question")).to_contain_text("2 / 2")
    page.get_by_role("link", name="Previous version").click()
    expect(page.locator(ANSWER)).to_contain_text("144")


def test_regenerate_makes_a_second_version(page):
    ask(page, "hello")
    ended(page)
    page.get_by_role("button", name="Regenerate").click()
    expect(page.locator(ANSWER)).to_contain_text("2 / 2", timeout=15_000)


def test_a_double_click_asks_once(page):
    page.get_by_role("textbox", name="Message").fill("hello")
    page.get_by_role("button", name="Send").dblclick()
    ended(page)
    expect(page.locator("article.question")).to_have_count(1)


def test_a_second_tab_that_asks_meanwhile_is_told_and_keeps_its_text(page):
    ask(page, "long text of 300 words")
    expect(page.locator(ANSWER)).to_have_attribute("data-state", "streaming")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("textbox", name="Message").fill("me too")
    other.evaluate("document.getElementById('composer').requestSubmit()")
    expect(other.get_by_role("alert")).to_contain_text("still being written")
    expect(other.get_by_role("textbox", name="Message")).to_have_value("me too")


def test_a_copy_button_that_is_pressed_twice_is_one_again(page):
    ask(page, "hello")
    ended(page)
    button = page.locator(f"{ANSWER} [data-copy-answer]")
    icon = button.locator("use").get_attribute("href")
    page.evaluate("""() => {
        window.copied = [];
        const writeText = async (text) => copied.push(text);
        Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    }""")
    button.click()
    expect(button.locator("use")).to_have_attribute("href", re.compile("#check$"))
    button.click()
    page.wait_for_function("() => copied.length === 2")
    page.wait_for_timeout(MARKED * 2)
    expect(button.locator("use")).to_have_attribute("href", icon)


def test_korean_that_is_being_composed_is_not_sent(page):
    box = page.get_by_role("textbox", name="Message")
    box.focus()
    wire = page.context.new_cdp_session(page)
    wire.send("Input.imeSetComposition", {"text": "안녕", "selectionStart": 2, "selectionEnd": 2})
    box.evaluate("e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))")
    time.sleep(0.3)
    expect(page.locator("article")).to_have_count(0)
    wire.send("Input.insertText", {"text": "안녕하세요"})
    box.press("Enter")
    expect(page.locator("article.question .ask")).to_have_text("안녕하세요")
    ended(page)


def test_the_phone_has_a_drawer(server, context):
    page = context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    sign_in(page, server)
    assert not page.get_by_role("link", name="chatapp").is_visible()
    page.get_by_role("button", name="Show conversations").tap()
    expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
