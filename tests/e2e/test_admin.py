"""An administrator connects a model by name, address and key, and the same page streams from it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ANSWER, ask, ended
from tests.upstream import FakeUpstream


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


def add_deployment(page, server, name, address):
    page.goto(f"{server.address}/admin/conversations/deployment/add/")
    page.get_by_label("Name:").fill(name)
    page.get_by_label("Endpoint:").fill(address)
    page.get_by_label("Key:", exact=True).fill("sk-from-the-admin")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")


def choose(page, name):
    page.locator(".chip").click()
    page.get_by_role("combobox", name="Deployment").select_option(name)
    page.keyboard.press("Escape")


def test_a_deployment_added_in_the_admin_answers_on_the_page(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context().new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, "loopback", upstream.address)
        page.goto(server.address)
        choose(page, "loopback")
        upstream.reply("Hello ", "from **the model**.")
        ask(page, "Who is there?")
        ended(page)
        expect(page.locator(f"{ANSWER} strong")).to_have_text("the model")
        assert upstream.requests[-1].headers["authorization"] == "Bearer sk-from-the-admin"


def test_a_wrong_key_says_what_to_do(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context().new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, "locked", upstream.address)
        page.goto(server.address)
        choose(page, "locked")
        upstream.fail(401)
        ask(page, "Who is there?")
        ended(page, "failed")
        expect(page.get_by_role("group", name="The answer failed")).to_contain_text("refused our key")
        expect(page.get_by_role("link", name="Open the deployment")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_the_form_follows_the_kind_and_the_way_to_sign_in(server, context):
    page = context().new_page()
    sign_in(page, server, "administrator")
    page.goto(f"{server.address}/admin/conversations/deployment/add/")
    kind, way = page.get_by_label("Kind:"), page.get_by_label("Signs in with:")
    expect(page.get_by_label("Key:", exact=True)).to_be_visible()
    expect(way).to_be_hidden()
    kind.select_option("azure")
    expect(page.get_by_label("Deployment in Azure:")).to_be_visible()
    expect(page.get_by_label("API version:")).to_have_attribute("placeholder", "2024-10-21")
    way.select_option("entra")
    expect(page.get_by_label("Client secret:")).to_be_visible()
    expect(page.get_by_label("Key:", exact=True)).to_be_hidden()
    kind.select_option("openai")
    expect(page.get_by_label("Client secret:")).to_be_hidden()
    expect(page.get_by_label("Key:", exact=True)).to_be_visible()
    expect(page.get_by_label("Model:")).to_be_visible()
    kind.select_option("offline")
    expect(page.get_by_role("heading", name="Signing in")).to_be_hidden()


def test_without_script_every_field_is_there_and_a_test_is_shown(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context(java_script_enabled=False).new_page()
        page.goto(f"{server.address}/accounts/login/")
        page.get_by_role("button", name="Sign in as administrator").click()
        page.goto(f"{server.address}/admin/conversations/deployment/add/")
        expect(page.get_by_label("Client secret:")).to_be_visible()
        add_deployment(page, server, "plain", upstream.address)
        upstream.fail(404)
        page.get_by_role("button", name="Test").click()
        expect(page.get_by_role("region", name="Last test")).to_contain_text("does not know this model")
        upstream.reply("one")
        page.get_by_role("button", name="Test").click()
        expect(page.get_by_role("region", name="Last test")).to_contain_text("counts tokens")


def test_a_test_that_runs_is_said_to_and_cannot_be_started_again(server, context):
    page = context().new_page()
    sign_in(page, server, "administrator")
    add_deployment(page, server, "slow", "http://127.0.0.1:9/v1")
    # Playwright waits for a page that is on its way, so here it stays where it is.
    page.locator("#try-deployment").evaluate("form => form.addEventListener('submit', event => event.preventDefault())")
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_role("button", name="Testing…")).to_be_disabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_and_a_failed_answer_are_accessible(server, context, theme):
    with FakeUpstream().threaded() as upstream:
        page = context(color_scheme=theme).new_page()
        sign_in(page, server, "administrator")
        page.goto(f"{server.address}/admin/conversations/deployment/add/")
        assert_clean(page)
        add_deployment(page, server, f"failing-{theme}", upstream.address)
        page.get_by_label("Retires on:").fill(str(date.today()))
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page.locator(".notice")).to_contain_text("retires on")
        upstream.reply("one")
        page.get_by_role("button", name="Test").click()
        expect(page.locator(".messagelist")).to_contain_text("The test passed.")
        assert_clean(page)
        page.goto(server.address)
        choose(page, f"failing-{theme}")
        upstream.fail(401)
        ask(page, "Who is there?")
        ended(page, "failed")
        assert_clean(page)
