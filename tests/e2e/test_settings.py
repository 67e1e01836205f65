"""What answers and how is chosen behind the chip: shown only for what is chosen, sent with the question."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_admin import add_deployment
from tests.e2e.test_chat import ask, ended
from tests.upstream import FakeUpstream


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


def add_prompt(page, server):
    page.goto(f"{server.address}/admin/conversations/prompt/add/")
    page.get_by_label("Name:").fill("Translator")
    page.get_by_label("Text:").fill("Translate into {{language}}.")
    page.get_by_role("button", name="Save", exact=True).click()


def test_prompt_variable_and_temperature_reach_the_model(server, context):
    with FakeUpstream.threaded() as upstream:
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
    with FakeUpstream.threaded() as upstream:
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
