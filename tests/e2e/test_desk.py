"""The administrators' own pages: readable, navigable, in three languages, two themes and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ask, ended
from tests.pictures import picture

PAGES = [
    "",
    "usage/?period=7",
    "conversations/deployment/",
    "conversations/deployment/1/change/",
    "conversations/company/add/",
    "conversations/user/",
    "auth/group/add/",
]


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


@pytest.fixture(scope="module")
def asked(server, chromium):
    """An answer that the pages can count, and a price for the next one."""
    page = chromium.new_page()
    sign_in(page, server)
    ask(page, "hello")
    ended(page)
    page.close()
    administrator = chromium.new_page()
    sign_in(administrator, server, "administrator")
    administrator.goto(f"{server.address}/admin/conversations/deployment/1/change/")
    administrator.get_by_role("button", name="Add another Price").click()
    administrator.get_by_role("textbox", name="Since").fill("2026-01-01")
    for name in ("Prompt tokens", "Completion tokens"):
        administrator.get_by_role("spinbutton", name=name, exact=True).fill("2.5")
    administrator.get_by_role("button", name="Save", exact=True).click()
    expect(administrator.locator(".messagelist")).to_contain_text("was changed successfully")
    administrator.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr", "ko"])
def test_the_pages_are_accessible(server, context, asked, theme, language):
    page = context(color_scheme=theme).new_page()
    sign_in(page, server, "administrator")
    page.set_extra_http_headers({"Accept-Language": language})
    for address in PAGES:
        page.goto(f"{server.address}/admin/{address}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_clean(page)


def test_usage_is_reached_and_read_and_downloaded(server, context, asked):
    page = context().new_page()
    sign_in(page, server, "administrator")
    page.get_by_role("link", name="Administration").click()
    expect(page.get_by_role("heading", name="What needs you")).to_be_visible()
    page.get_by_role("link", name="Usage").first.click()
    expect(page.get_by_role("img", name="Answers a day")).to_be_visible()
    page.get_by_text("Show the table").click()
    expect(page.get_by_role("region", name="By day").get_by_role("row")).to_have_count(31)
    with page.expect_download() as download:
        page.get_by_role("link", name="By person, CSV").click()
    assert "Emil Employee" in download.value.path().read_text("utf-8-sig")
    page.get_by_role("link", name="Back to the chat").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


WIDE = ["", "usage/", *(f"conversations/{each}/add/" for each in ("deployment", "company", "collection"))]


@pytest.mark.parametrize("address", WIDE)
def test_nothing_is_wider_than_a_phone(server, context, asked, address):
    page = context(viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, server, "administrator")
    page.goto(f"{server.address}/admin/{address}")
    assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")


def choose_theme(page, server, theme):
    page.goto(f"{server.address}/account/")
    page.get_by_label("Theme").select_option(theme)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_persons_theme_is_the_admins_too(server, context):
    page = context(color_scheme="light").new_page()
    sign_in(page, server, "administrator")
    choose_theme(page, server, "dark")
    page.goto(f"{server.address}/admin/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 21, 22)")


def test_a_company_takes_a_logo_and_a_colour(server, context, tmp_path):
    page = context().new_page()
    sign_in(page, server, "administrator")
    choose_theme(page, server, "light")
    page.goto(f"{server.address}/admin/conversations/company/add/")
    page.get_by_label("Name:").fill("Fernhollow")
    page.get_by_label("Accent colour:").fill("#b0281f")
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture(size=(32, 32)))
    page.get_by_label("Logo:", exact=True).set_input_files(logo)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(server.address)
    mark = page.locator(".brand img")
    expect(mark).to_be_visible()
    assert mark.evaluate("image => image.naturalWidth") == 32
    expect(page.get_by_role("link", name="Fernhollow")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_css("background-color", "rgb(176, 40, 31)")
    assert_clean(page)
    page.goto(f"{server.address}/admin/")
    expect(page.locator("tbody a").first).to_have_css("color", "rgb(176, 40, 31)")
    assert_clean(page)


def test_a_collection_takes_readers_by_a_tick_and_owners_by_typing(server, context):
    page = context(viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, server, "administrator")
    page.goto(f"{server.address}/admin/conversations/collection/add/")
    assert_clean(page)
    page.get_by_label("Name:", exact=True).fill("Rules")
    page.locator("#id_groups").get_by_label("Everyone").check()
    page.get_by_role("searchbox", name="Owners").fill("emil")
    page.get_by_role("option", name="Emil Employee").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")


def test_forms_fit_a_tablet_and_what_stands_beside_them_comes_after(server, context):
    page = context(viewport={"width": 768, "height": 1024}).new_page()
    sign_in(page, server, "administrator")
    for form in ("user/1", "datasource/1"):
        page.goto(f"{server.address}/admin/conversations/{form}/change/")
        assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth"), form
    last = page.locator("#content-main").bounding_box()
    assert page.locator(".desk-aside").bounding_box()["y"] >= last["y"] + last["height"]
