"""The company's sign-in, in a browser: through a real provider on another port, with our policy's `form-action`."""

import pytest
from playwright.sync_api import expect

from tests.e2e.server import PASSWORD, Server
from tests.e2e.test_accessible import assert_clean
from tests.oidc.provider import CLIENT, SECRET, Identity
from tests.oidc.test_signing_in import ANN, SPOILED


@pytest.fixture(scope="module")
def identity():
    with Identity() as identity:
        yield identity


@pytest.fixture(scope="module")
def server(identity, fresh):
    ways = {"OIDC_ISSUER": identity.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    ways |= {"OIDC_GROUPS_CLAIM": "groups", "OIDC_ROLES_CLAIM": "roles", "OIDC_STAFF": "boss"}
    server = Server(fresh("company"), OIDC_NAME="Contoso", **ways)
    yield server.start().without_handbook()
    server.stop()


@pytest.fixture(autouse=True)
def honest(identity):
    identity.spoil = ""
    identity.people = {"ann": dict(ANN)}


@pytest.fixture
def page(context):
    return context().new_page()


def through(page, server, name="ann", address="/accounts/login/"):
    page.goto(f"{server.address}{address}")
    page.get_by_role("button", name="Continue with Contoso").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Go").click()


def alone(page, server, name):
    """Somebody with a password of this product."""
    page.goto(f"{server.address}/accounts/login/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("textbox", name="Message").wait_for()


def test_an_employee_signs_in_and_lands_where_they_were_going(page, server):
    through(page, server, address="/prompts/")
    page.wait_for_url(f"{server.address}/prompts/")
    page.goto(server.address)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(page.get_by_text("Ann Lee")).to_be_visible()


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_wrong_token_lets_nobody_in(page, server, identity, spoil):
    identity.spoil = spoil
    through(page, server)
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    page.goto(server.address)
    page.wait_for_url("**/accounts/login/**")


def test_an_answer_of_the_provider_is_good_once(page, server):
    answers = []
    page.on("request", lambda request: answers.append(request.url) if "/oidc/callback/" in request.url else None)
    through(page, server)
    page.get_by_role("textbox", name="Message").wait_for()
    page.context.clear_cookies()
    page.goto(answers[0])
    expect(page.get_by_role("alert")).to_contain_text("used already")


def test_an_address_takes_over_nobody(page, server, identity):
    identity.people["ann"] |= {"sub": "another", "email": "employee@example.com"}
    admin = page.context.browser.new_context().new_page()
    alone(admin, server, "admin")
    admin.goto(f"{server.address}/admin/conversations/user/?q=employee")
    admin.get_by_role("link", name="employee", exact=True).click()
    admin.locator("#id_email").fill("employee@example.com")
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.context.close()
    through(page, server)
    expect(page.get_by_role("heading", name="There is an account already")).to_be_visible()
    page.goto(server.address)
    page.wait_for_url("**/accounts/login/**")


def test_an_account_is_connected_on_the_account_page(page, server, identity):
    identity.people["ann"] = {"sub": "colleague's", "email": "someone@example.com"}
    alone(page, server, "colleague")
    page.goto(f"{server.address}/account/")
    page.get_by_role("button", name="Connect Contoso").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("someone@example.com")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_clean(context, server, identity, theme, language):
    page = context(color_scheme=theme, locale=language).new_page()
    page.goto(f"{server.address}/accounts/login/")
    assert_clean(page)
    identity.spoil = "nonce"
    page.locator("form[action$='/oidc/login/'] button").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_role("button", name="Go").click()
    page.wait_for_url("**/oidc/callback/**")
    assert_clean(page)


def groups_of(page, server, name):
    """As the administration shows them."""
    page.goto(f"{server.address}/admin/conversations/user/?q={name}")
    page.get_by_role("link", name=name, exact=True).click()
    page.locator("#id_groups").wait_for()
    return [each.strip() for each in page.locator("#id_groups label:has(input:checked)").all_inner_texts()]


def test_groups_and_staff_are_given_and_taken_at_the_next_sign_in(context, server, identity):
    admin = context().new_page()
    alone(admin, server, "admin")
    admin.goto(f"{server.address}/admin/auth/group/add/")
    admin.get_by_label("Name:").fill("Finance")
    admin.get_by_role("button", name="Save", exact=True).click()
    identity.people["bob"] = {"sub": "b-1", "preferred_username": "bob", "groups": ["Finance"], "roles": ["boss"]}
    page = context().new_page()
    through(page, server, "bob")
    page.get_by_role("textbox", name="Message").wait_for()
    assert page.goto(f"{server.address}/admin/").status == 200
    assert groups_of(admin, server, "bob") == ["Finance"]
    identity.people["bob"] |= {"groups": [], "roles": []}
    page.context.clear_cookies()
    through(page, server, "bob")
    page.get_by_role("textbox", name="Message").wait_for()
    assert page.goto(f"{server.address}/admin/").status == 403
    assert groups_of(admin, server, "bob") == []


def test_more_groups_than_fit_are_said_to_be(page, server, identity):
    identity.people["ann"] |= {"_claim_names": {"groups": "src1"}}
    through(page, server)
    expect(page.get_by_role("alert")).to_contain_text("more groups than fit")


def test_signing_out_elsewhere_closes_that_browser_at_once(context, server):
    here, there = context().new_page(), context(locale="en").new_page()
    alone(here, server, "employee")
    alone(there, server, "employee")
    here.goto(f"{server.address}/account/")
    expect(here.get_by_text("this browser")).to_have_count(1)
    here.get_by_role("button", name="Sign out Chrome").first.click()
    expect(here.get_by_text("That browser is signed out.")).to_be_visible()
    there.wait_for_url("**/accounts/login/**")  # nobody touched that page
    assert here.goto(server.address).status == 200


@pytest.mark.parametrize("language", ["en", "fr", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_account_page_is_clean(context, server, theme, language):
    page = context(color_scheme=theme, locale=language).new_page()
    page.goto(f"{server.address}/accounts/login/")
    page.locator("button[value=employee]").click()
    page.goto(f"{server.address}/account/")
    assert_clean(page)
