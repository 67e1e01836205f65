"""What surrounds an answer: the page's title, the sidebar, drafts, errors, the way to the end."""

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import PASSWORD
from tests.e2e.test_chat import ANSWER, ask, ended


def box(page):
    return page.get_by_role("textbox", name="Message")


def test_a_new_chat_takes_the_title_of_its_first_question(page):
    ask(page, "hello <b>harbour</b>")
    expect(page.get_by_role("heading", level=1)).to_have_text("hello <b>harbour</b>")
    assert page.title() == "hello <b>harbour</b> · chatapp"
    current = page.get_by_role("navigation", name="Conversations").locator("[aria-current=page]")
    expect(current).to_have_text("hello <b>harbour</b>")
    assert page.url.endswith(current.get_attribute("href"))


def test_a_draft_survives_a_reload_and_is_gone_after_it_was_sent(page):
    ask(page, "hello")
    ended(page)
    box(page).fill("not yet")
    page.reload()
    expect(box(page)).to_have_value("not yet")
    box(page).press("Enter")
    expect(page.locator("article.question")).to_have_count(2)
    ended(page)
    page.reload()
    expect(box(page)).to_have_value("")


def test_drafts_of_a_new_chat_and_of_a_conversation_are_kept_apart(page, server):
    ask(page, "hello")
    ended(page)
    box(page).fill("for the conversation")
    address = page.url
    page.goto(server.address)
    expect(box(page)).to_have_value("")
    box(page).fill("for a new chat")
    page.goto(address)
    expect(box(page)).to_have_value("for the conversation")


def test_drafts_are_gone_after_signing_out_in_every_tab(page, server):
    box(page).fill("secret")
    other = page.context.new_page()
    other.goto(server.address)
    box(other).fill("secret too")
    page.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="Sign in to chatapp")).to_be_visible()
    sign_in(page, server)
    other.goto(server.address)
    for tab in (page, other):
        expect(box(tab)).to_have_value("")


def test_signing_out_in_the_administration_forgets_too(server, context):
    page = context().new_page()
    sign_in(page, server, "administrator")
    box(page).fill("secret")
    page.goto(f"{server.address}/admin/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, server, "administrator")
    expect(box(page)).to_have_value("")


def test_a_draft_is_not_shown_to_who_signs_in_next(page, server):
    box(page).fill("secret")
    page.context.clear_cookies()
    sign_in(page, server, "administrator")
    expect(box(page)).to_have_value("")


def test_tabs_keep_their_own_drafts(page, server):
    box(page).fill("in this tab")
    other = page.context.new_page()
    other.goto(server.address)
    box(other).fill("in that tab")
    for tab, text in ((page, "in this tab"), (other, "in that tab")):
        tab.reload()
        expect(box(tab)).to_have_value(text)


def test_what_is_typed_while_an_answer_runs_stays(page):
    ask(page, "long text of 100 words")
    box(page).fill("the next question")
    ended(page)
    expect(box(page)).to_have_value("the next question")


def test_a_starter_leaves_the_draft_alone(page):
    box(page).fill("half a thought")
    page.get_by_role("button", name="What can you do?").click()
    ended(page)
    expect(page.locator("article.question .ask")).to_have_text("What can you do?")
    expect(box(page)).to_have_value("half a thought")


def test_a_new_chat_is_read_from_its_beginning(page, server):
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(server.address)
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_in_viewport()
    page.locator("#scroller").evaluate("e => e.scrollTo(0, 9)")
    page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    ask(page, "long text of 300 words")
    ended(page)
    assert page.locator("#scroller").evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight") < 48


def test_what_was_typed_for_a_chat_that_is_gone_goes_to_a_new_one(page, server):
    ask(page, "hello")
    ended(page)
    other = page.context.new_page()
    other.goto(page.url)
    box(other).fill("ten minutes of thought")
    page.get_by_role("link", name="Options of this conversation").click()
    page.get_by_role("dialog", name="Options").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("Deleted.")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("This chat is not there any more.")
    other.get_by_role("button", name="Take it to a new chat").click()
    expect(other.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(box(other)).to_have_value("ten minutes of thought")
    other.keyboard.press("Enter")
    ended(other)


def test_the_view_follows_only_a_reader_at_the_end(page):
    ask(page, "long text of 500 words")
    page.wait_for_function("() => document.getElementById('scroller').scrollTop > 200")
    page.locator("#scroller").evaluate("e => e.scrollTo(0, 0)")
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    before = len(page.locator(ANSWER).inner_text())
    page.wait_for_function("n => document.querySelector('article.answer').innerText.length > n + 200", arg=before)
    assert page.locator("#scroller").evaluate("e => e.scrollTop") == 0
    page.get_by_role("button", name="Jump to latest").click()
    expect(page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    ended(page)
    assert page.locator("#scroller").evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight") < 48


def test_an_edit_survives_a_reload_until_it_is_asked_or_cancelled(page):
    ask(page, "hello")
    ended(page)
    edited = page.get_by_role("textbox", name="Edited question")
    page.get_by_label("Edit question").click()
    edited.fill("12 * 12")
    page.reload()
    page.get_by_label("Edit question").click()
    expect(edited).to_have_value("12 * 12")
    page.get_by_role("button", name="Cancel").click()
    page.reload()
    page.get_by_label("Edit question").click()
    expect(edited).to_have_value("hello")
    edited.fill("12 * 13")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(ANSWER)).to_contain_text("156")
    assert "12 * 13" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_an_edit_while_an_answer_runs_says_why_not(page):
    ask(page, "long text of 300 words")
    page.get_by_label("Edit question").click()
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("alert")).to_contain_text("still being written")


def test_a_question_after_the_session_ended_is_kept_and_asks_to_sign_in(page, server):
    ask(page, "hello")
    ended(page)
    page.context.clear_cookies()
    box(page).fill("after hours")
    box(page).press("Enter")
    expect(page.get_by_role("heading", name="Sign in to chatapp")).to_be_visible()
    page.get_by_label("User name or e-mail").fill("employee")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(box(page)).to_have_value("after hours")


def test_a_question_asked_meanwhile_in_another_tab_is_refused_in_words_that_go_when_they_are_untrue(page, server):
    ask(page, "hello")
    ended(page)
    other = page.context.new_page()
    other.goto(page.url)
    ask(page, "write a long text of 100 words")
    box(other).fill("me too")
    other.keyboard.press("Enter")
    words = other.get_by_role("alert")
    expect(words).to_contain_text("An answer is still being written.")
    ended(other)
    expect(words).to_contain_text("An answer is still being written.")
    expect(words).to_be_empty(timeout=10_000)
    expect(box(other)).to_have_value("me too")
    other.keyboard.press("Enter")
    expect(box(other)).to_have_value("")
    ended(other)


def test_judging_an_answer_leaves_what_the_composer_says(page):
    ask(page, "hello")
    ended(page)
    box(page).fill("x" * 500_000)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("too long")
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("alert")).to_contain_text("too long")
