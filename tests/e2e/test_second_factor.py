"""The second factor in a browser: an app's codes, a security key (Chromium's virtual one), recovery codes, policy."""

import pytest
from playwright.sync_api import expect

from tests import totp
from tests.e2e.server import PASSWORD, Server
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_sign_in import alone


@pytest.fixture(scope="module")
def server(fresh):
    server = Server(fresh("factors"), MFA_REQUIRED="staff").start().without_handbook()
    server.address = server.address.replace("127.0.0.1", "localhost")  # keys belong to names, not to addresses
    yield server
    server.stop()


@pytest.fixture
def page(context):
    return context().new_page()


def prove(page):
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def begin(page, server, name):
    page.goto("about:blank")  # the page that is left would notice that it is signed out, and go its own way
    page.context.clear_cookies()
    page.goto(f"{server.address}/accounts/login/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def enter(page, code):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_an_app_and_recovery_codes(page, server):
    alone(page, server, "employee")
    page.goto(f"{server.address}/account/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_role("link", name="Set up").click()
    prove(page)
    box = page.locator(".qr svg").bounding_box()
    assert box["width"] > 150
    assert box["height"] > 150
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code").fill(totp.code(secret))
    page.get_by_role("button", name="Switch on").click()
    spare = page.locator(".codes code").all_inner_texts()
    assert len(spare) == 10
    begin(page, server, "employee")
    enter(page, "000000")
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    enter(page, totp.code(secret))
    page.get_by_role("textbox", name="Message").wait_for()
    begin(page, server, "employee")
    enter(page, spare[3])
    page.get_by_role("textbox", name="Message").wait_for()
    begin(page, server, "employee")
    enter(page, spare[3])
    expect(page.get_by_text("Incorrect code")).to_be_visible()


def plug_in(page, **facts):
    """A key of Chromium's own, that answers without being touched."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True, **facts}
    found = wire.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})
    return wire, found["authenticatorId"]


def test_a_security_key(page, server):
    wire, key = plug_in(page)
    alone(page, server, "colleague")
    page.goto(f"{server.address}/accounts/2fa/")
    page.get_by_role("link", name="Add").click()
    prove(page)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    begin(page, server, "colleague")
    page.get_by_role("button", name="Use a security key").click()
    page.get_by_role("textbox", name="Message").wait_for()
    begin(page, server, "colleague")
    wire.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("alert")).to_have_text("The key did not answer. Try again.", timeout=90_000)


@pytest.mark.parametrize("language", ["en", "fr", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_administrator_must_set_one_up_and_the_pages_are_clean(context, server, theme, language):
    page = context(color_scheme=theme, locale=language).new_page()
    page.goto(f"{server.address}/accounts/login/")
    page.locator("button[value=admin]").click()
    page.wait_for_url("**/accounts/2fa/")
    assert_clean(page)
    page.goto(f"{server.address}/admin/")
    page.wait_for_url("**/accounts/2fa/")
    page.goto(f"{server.address}/accounts/2fa/webauthn/add/")
    assert_clean(page)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/webauthn/add/")
    assert_clean(page)
    page.goto(f"{server.address}/accounts/2fa/totp/activate/")
    assert_clean(page)
