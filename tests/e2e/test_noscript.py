"""Everything that does not need a script works without one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_chat import ANSWER
from tests.e2e.test_page import box


@pytest.fixture
def page(server, context):
    page = context(java_script_enabled=False).new_page()
    sign_in(page, server)
    return page


def ask(page, text):
    box(page).fill(text)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/c/**")
    reload_until_ended(page)


def reload_until_ended(page):
    for _ in range(60):
        if page.locator(ANSWER).last.get_attribute("data-state") not in {"pending", "streaming"}:
            return
        page.wait_for_timeout(250)
        page.reload()


def test_a_question_is_asked_and_answered(page):
    ask(page, "hello")
    expect(page.locator(ANSWER)).to_contain_text("rules, not a language model")


def test_a_conversation_is_renamed_found_deleted_and_taken_back(page, server):
    ask(page, "repeat after me: the otter")
    page.get_by_role("link", name="Options of this conversation").click()
    page.get_by_label("Title").fill("Otters of the coast")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Otters of the coast")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("searchbox").fill("otter")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Otters of the coast").click()
    page.get_by_role("link", name="Options of this conversation").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Otters of the coast")


def test_an_answer_is_judged_asked_again_and_its_question_edited(page):
    ask(page, "12 * 12")
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_label("Not complete").check()
    page.locator(".why").get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Regenerate").click()
    reload_until_ended(page)
    expect(page.locator(ANSWER)).to_contain_text("2 / 2")
    page.get_by_label("Edit question").click()
    page.get_by_role("textbox", name="Edited question").fill("12 * 13")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("article.question")).to_contain_text("2 / 2")


def test_a_prompt_is_written_changed_and_deleted(page, server):
    page.goto(f"{server.address}/prompts/")
    page.get_by_label("Name").fill("Rhymes")
    page.get_by_label("Text").fill("Answer in rhyme.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Rhymes").click()
    page.get_by_label("Text").fill("Answer in verse.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Rhymes").click()
    expect(page.locator(".version").first).to_contain_text("Answer in verse.")
    page.get_by_text("Delete it").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("link", name="Rhymes")).to_have_count(0)


def test_what_only_a_script_can_do_is_not_offered(page):
    ask(page, "show python code")
    for name in ("Copy", "Copy code", "Copy question", "Read aloud", "Answer with another deployment"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()


def test_on_a_phone_the_conversations_stand_below(server, context):
    page = context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, server)
    ask(page, "hello from a phone")
    page.get_by_role("link", name="Show conversations").click()
    listed = page.get_by_role("navigation", name="Conversations")
    expect(listed.get_by_role("link", name="hello from a phone", exact=True)).to_be_in_viewport()


def test_the_menu_has_its_look_and_its_button_is_one_line(page):
    ask(page, "hello")
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_extra_http_headers({"Accept-Language": "ko"})
    page.goto(f"{page.url}menu")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator(".menu-item").first).to_have_css("display", "flex")
    row = page.locator(".menu-rename").bounding_box()
    box, button = (page.locator(f".menu-rename {each}").bounding_box() for each in ("input.input", ".button"))
    assert box["y"] == button["y"]
    assert box["height"] == button["height"]
    assert button["x"] + button["width"] <= row["x"] + row["width"]
