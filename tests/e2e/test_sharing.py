"""Alice shares what the handbook answered with Bob's group; Bob reads it, goes on in a copy, and loses it at once."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import PASSWORD, ROOT, Server
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ask, ended
from tests.e2e.test_sources import QUESTION

PEOPLE = f"""
from django.contrib.auth.models import Group
from conversations.models import DataSource, User
alice, hr, finance = User.objects.get(username="employee"), *(Group.objects.create(name=n) for n in ("Leave", "Sales"))
bob = User.objects.create_user("bob", password={PASSWORD!r}, first_name="Bob")
alice.groups.add(hr, finance)
bob.groups.add(finance)
DataSource.objects.get(name="Employee handbook").groups.add(hr)
"""


@pytest.fixture(scope="module")
def server(fresh):
    """Its handbook is for those in Leave; Alice, the employee, is, and Bob is not."""
    server = Server(fresh("sharing")).start()
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PEOPLE]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True)
    yield server
    server.stop()


@pytest.fixture
def options(request):
    width, scheme = getattr(request, "param", (1440, "light"))
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}


@pytest.fixture
def alice(server, context, options):
    page = context(**options).new_page()
    sign_in(page, server)
    ask(page, QUESTION)
    ended(page)
    return page


@pytest.fixture
def bob(server, context, options):
    page = context(**options).new_page()
    page.goto(server.address)
    page.get_by_label("User name or e-mail").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("textbox", name="Message").wait_for()
    return page


def shared(page):
    """Share the conversation with Sales; its address."""
    page.get_by_role("link", name="Options of this conversation").click()
    page.get_by_role("link", name="Share…").click()
    assert_clean(page)
    page.get_by_label("Sales").check()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("It is shared. Send them the address.")
    assert_clean(page)
    return page.get_by_role("textbox", name="Address").first.input_value()


@pytest.mark.parametrize("options", [(1440, "light"), (390, "dark")], indirect=True, ids=["wide", "narrow"])
def test_a_group_reads_goes_on_in_a_copy_and_loses_it_when_it_is_revoked(alice, bob):
    address = shared(alice)
    bob.goto(address)
    expect(bob.get_by_text("90 working days").first).to_be_visible()
    expect(bob.get_by_role("textbox", name="Message")).to_have_count(0)
    assert_clean(bob)
    bob.locator(".prose").get_by_role("link", name="a source that you may not read").first.click()
    panel = bob.get_by_role("complementary", name="Sources")
    expect(panel).to_contain_text("You may not read this source, so its passage is not shown.")
    expect(panel).not_to_contain_text("Time away")
    assert_clean(bob)
    bob.get_by_role("link", name="Close sources").click()
    expect(panel).to_be_hidden()
    expect(bob).to_have_url(address)
    bob.get_by_role("button", name="Continue in a copy").click()
    bob.wait_for_url("**/c/**")
    ask(bob, "What is 12 * 12?")
    ended(bob)
    expect(bob.locator("article.question")).to_have_count(2)
    alice.get_by_role("button", name="Revoke").click()
    expect(alice.get_by_role("button", name="Revoke")).to_have_count(0)
    gone = bob.goto(address)
    assert gone.status == 404


def test_the_owner_sees_that_it_is_shared_and_what_colleagues_see(alice):
    alice_at = alice.url
    address = shared(alice)
    alice.goto(alice_at)
    alice.get_by_role("link", name="Shared", exact=True).click()
    alice.get_by_role("link", name="See it").click()
    expect(alice).to_have_url(address)
    alice.locator(".prose .cite a").first.click()
    expect(alice.locator("#evidence mark").first).to_contain_text("90 working days")
    assert_clean(alice)
    alice.reload()
    expect(alice.locator("#evidence mark").first).to_be_visible()


def test_it_is_revoked_while_a_colleague_reads(alice, bob):
    bob.goto(shared(alice))
    link = bob.locator(".prose .cite a").first
    expect(link).to_be_visible()
    alice.get_by_role("button", name="Revoke").click()
    expect(alice.get_by_role("button", name="Revoke")).to_have_count(0)
    link.click()
    expect(bob.locator(".prose")).to_have_count(0)


def test_the_address_is_copied_and_the_list_leads_to_it(server, alice, bob):
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = shared(alice)
    alice.get_by_role("button", name="Copy the address").first.click()
    assert alice.evaluate("navigator.clipboard.readText()") == address
    bob.goto(f"{server.address}/shared/")
    assert_clean(bob)
    bob.get_by_role("link", name="How many days").first.click()
    expect(bob).to_have_url(address)


def test_everything_works_without_scripts(server, context):
    page = context(java_script_enabled=False).new_page()
    sign_in(page, server)
    page.get_by_role("textbox", name="Message").fill("hello")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/c/**")
    for _ in range(40):
        if page.locator("article.answer").get_attribute("data-state") == "complete":
            break
        page.wait_for_timeout(250)
        page.reload()
    page.get_by_role("link", name="Options of this conversation").click()
    page.get_by_role("link", name="Share…").click()
    page.get_by_label("People").fill("bob")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("button", name="Copy the address")).to_be_hidden()
    page.get_by_role("link", name="See it").click()
    page.get_by_role("button", name="Continue in a copy").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
