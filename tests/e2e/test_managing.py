"""Search as a palette, and the menu of a conversation, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ask, ended


@pytest.fixture(params=["light", "dark"])
def page(request, server, context):
    page = context(color_scheme=request.param).new_page()
    sign_in(page, server)
    ask(page, "repeat after me: the lighthouse on the coast")
    ended(page)
    return page


def options(page):
    current = page.locator(".talk:has([aria-current])")
    current.hover()
    current.get_by_role("link", name="Options of").click()
    menu = page.get_by_role("dialog", name="Options")
    expect(menu).to_be_visible()
    return menu


def test_renaming_from_the_list_renames_the_page(page):
    menu = options(page)
    assert_clean(page)
    menu.get_by_label("Title").fill("Light on the coast")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Light on the coast")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Renamed.")
    expect(page).to_have_title("Light on the coast · chatapp")
    expect(menu).to_be_hidden()


def test_pinning_archiving_and_taking_out(page):
    options(page).get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("heading", name="Pinned")).to_be_visible()
    options(page).get_by_role("button", name="Unpin").click()
    expect(page.get_by_role("heading", name="Pinned")).to_be_hidden()
    title = page.locator("#title").inner_text()
    options(page).get_by_role("button", name="Archive").click()
    expect(page.locator(".toast")).to_contain_text("Archived.")
    expect(page.locator(".talk [aria-current]")).to_have_count(0)
    page.goto(page.url.partition("/c/")[0] + "/archived/")
    assert_clean(page)
    page.get_by_role("listitem").filter(has_text=title).first.get_by_role("button", name="Take out").click()
    expect(page.get_by_role("log")).to_contain_text("the lighthouse")


def test_deleting_leads_away_and_undo_leads_back(page):
    address = page.url
    options(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Deleted.")
    assert_clean(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("log")).to_contain_text("the lighthouse")
    assert page.url == address


def test_the_palette_finds_by_the_words_of_an_answer_and_opens_the_message(page, server):
    page.goto(server.address)
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search")
    expect(palette.locator(".result").first).to_be_visible()  # the last ones
    page.keyboard.type("coast lightho")
    expect(palette.locator("mark").first).to_have_text("lightho")
    assert_clean(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("the lighthouse on the coast")
    assert "#m-" in page.url


def test_the_palette_closes_and_says_when_nothing_is_found(page):
    page.get_by_role("button", name="Search").click()
    page.get_by_role("searchbox").fill("zebra")
    expect(page.get_by_role("dialog", name="Search")).to_contain_text("Nothing was found")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()


def test_a_bad_answer_is_asked_why(page):
    page.get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("group", name="What was wrong?")).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("group", name="What was wrong?")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("group", name="What was wrong?")).to_be_hidden()
    page.get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_label("Not complete").check()
    page.get_by_placeholder("In your words").fill("The coast is missing.")
    page.locator(".why").get_by_role("button", name="Send").click()
    expect(page.get_by_role("group", name="What was wrong?")).to_be_hidden()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    assert_clean(page)


def test_a_menu_that_cannot_be_had_is_not_that_of_another_conversation(page):
    address = page.url
    page.get_by_role("link", name="New chat").or_(page.get_by_role("button", name="New chat")).first.click()
    ask(page, "something else")
    ended(page)
    options(page)
    page.keyboard.press("Escape")
    page.route("**/menu", lambda route: route.fulfill(status=503, body="<!doctype html><title>Away</title>"))
    other = page.locator(f".talk:has(a[href='{address.partition('/c/')[1]}{address.partition('/c/')[2]}'])")
    other.hover()
    other.get_by_role("link", name="Options of").click()
    expect(page.locator("#composer-error")).not_to_be_empty()
    expect(page.get_by_role("dialog", name="Options")).to_be_hidden()
