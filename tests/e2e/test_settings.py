"""What answers and how is chosen behind the chip: shown only for what is chosen, sent with the question."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_admin import add_deployment
from tests.e2e.test_chat import ask, ended
from tests.e2e.test_noscript import ask as ask_and_reload
from tests.upstream import FakeUpstream


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


def add_prompt(page, server, name="Translator"):
    page.goto(f"{server.address}/admin/conversations/prompt/add/")
    page.get_by_label("Name:").fill(name)
    page.get_by_label("Text:").fill("Translate into {{language}}.")
    page.get_by_role("button", name="Save", exact=True).click()


def test_prompt_variable_and_temperature_reach_the_model(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context().new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, "loop", upstream.address)
        add_prompt(page, server)
        page.goto(server.address)
        page.locator(".chip").click()
        page.get_by_role("combobox", name="Deployment").select_option("loop")
        expect(page.get_by_label("language")).to_be_hidden()
        page.get_by_role("combobox", name="System prompt").select_option("Translator", force=True)
        page.get_by_label("language").locator("visible=true").fill("French")
        page.get_by_label("Temperature").locator("visible=true").fill("0.4")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert_clean(page)
        page.keyboard.press("Escape")
        upstream.reply("Bonjour.").reply("Salut.")
        ask(page, "Hello")
        ended(page)
        sent = upstream.requests[-1].json
        assert sent["temperature"] == 0.4
        assert sent["messages"][0] == {"role": "system", "content": "Translate into French."}
        page.locator(".chip").click()
        page.get_by_label("Temperature").locator("visible=true").fill("1.2")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Regenerate").click()
        expect(page.get_by_role("log")).to_contain_text("Salut.")
        ended(page)
        assert upstream.requests[-1].json["temperature"] == 1.2
        page.reload()
        page.locator(".chip").click()
        expect(page.get_by_label("Temperature").locator("visible=true")).to_have_value("1.2")


def test_a_number_that_cannot_be_is_shown_where_it_is(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context().new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, "loop-wrong", upstream.address)
        page.goto(server.address)
        page.locator(".chip").click()
        page.get_by_role("combobox", name="Deployment").select_option("loop-wrong")
        page.get_by_label("Temperature").locator("visible=true").fill("9")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Message").fill("Hello")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Temperature").locator("visible=true")).to_be_visible()
        assert not upstream.requests


def test_what_was_chosen_before_the_first_question_survives_a_reload(server, context):
    page = context().new_page()
    sign_in(page, server, "administrator")
    add_prompt(page, server, "Interpreter")
    add_deployment(page, server, "kept", "http://127.0.0.1:9/v1")
    page.goto(server.address)
    page.locator(".chip").click()
    page.get_by_role("combobox", name="Deployment").select_option("kept")
    page.get_by_role("combobox", name="System prompt").select_option("Interpreter")
    page.get_by_role("group", name="Interpreter").get_by_label("language").fill("Korean")
    page.reload()
    expect(page.locator("#chip-label")).to_have_text("kept")
    page.locator(".chip").click()
    expect(page.get_by_role("group", name="Interpreter").get_by_label("language")).to_have_value("Korean")
    page.keyboard.press("Escape")
    ask(page, "Hello")
    ended(page, "failed")
    page.goto(server.address)
    page.locator(".chip").click()
    expect(page.get_by_role("combobox", name="System prompt")).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_is_given_again_by_another_deployment(server, context, theme):
    with FakeUpstream().threaded() as upstream:
        page = context(color_scheme=theme).new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, f"other-{theme}", upstream.address)
        page.goto(server.address)
        page.locator(".chip").click()
        page.get_by_role("combobox", name="Deployment").select_option("offline")
        page.keyboard.press("Escape")
        ask(page, "Hello")
        ended(page)
        page.get_by_role("button", name="Answer with another deployment").click()
        expect(page.get_by_role("dialog", name="Answer with").get_by_role("button").first).to_be_focused()
        assert_clean(page)
        upstream.reply("Hello from the other one.")
        page.get_by_role("dialog", name="Answer with").get_by_role("button", name=f"other-{theme}").press("Enter")
        expect(page.get_by_role("log")).to_contain_text("Hello from the other one.")
        expect(page.get_by_role("log")).to_contain_text("2 / 2")
        expect(page.locator("#chip-label")).to_have_text(f"other-{theme}")


def test_without_scripts_what_is_chosen_reaches_the_model_too(server, context):
    with FakeUpstream().threaded() as upstream:
        admin = context().new_page()
        sign_in(admin, server, "administrator")
        add_deployment(admin, server, "plain", upstream.address)
        add_prompt(admin, server, "Plain translator")
        page = context(java_script_enabled=False).new_page()
        sign_in(page, server)
        page.locator(".chip").click()
        page.get_by_role("combobox", name="Deployment").select_option("plain")
        page.get_by_role("combobox", name="System prompt").select_option("Plain translator")
        page.get_by_role("group", name="Plain translator").get_by_label("language").fill("French")
        page.get_by_role("group", name="plain").get_by_label("Temperature").fill("0.4")
        page.keyboard.press("Escape")
        upstream.reply("Bonjour.")
        ask_and_reload(page, "Hello")
        sent = upstream.requests[-1].json
        assert sent["temperature"] == 0.4
        assert sent["messages"][0]["content"] == "Translate into French."
