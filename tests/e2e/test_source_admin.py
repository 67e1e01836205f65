"""An administrator brings a data source along: pasted, mapped, tested, tried, switched on, and an employee asks it."""

import json

import pytest
from playwright.sync_api import expect

from tests.admin.wires import QUESTION
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ask, ended
from tests.stores.elastic import Elastic

SOURCES = "admin/conversations/datasource/"


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


@pytest.fixture
def store():
    with Elastic(dimensions=256).threaded() as store:
        yield store


def body(store):
    """A request as it was sent elsewhere, to the index that `store` holds."""
    parameters = {
        "endpoint": store.address,
        "index_name": "docs",
        "authentication": {"type": "key_and_key_id", "key": store.key, "key_id": store.key_id},
        "embedding_dependency": {"type": "deployment_name", "deployment_name": "ada-of-theirs"},
    }
    entry = {"type": "elasticsearch", "parameters": parameters}
    return json.dumps({"messages": [QUESTION], "data_sources": [entry]}, indent=1)


def administrator(server, context, **options):
    page = context(**options).new_page()
    sign_in(page, server, "administrator")
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_source_is_pasted_mapped_tested_tried_and_asked(server, context, store):
    page = administrator(server, context)
    page.goto(f"{server.address}/{SOURCES}")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("JSON").fill(body(store)[:-1])
    press(page, "Import")
    expect(page.get_by_role("alert")).to_contain_text("This is no JSON")
    expect(page.get_by_label("JSON")).to_have_value(body(store)[:-1])
    page.get_by_label("JSON").fill(body(store))
    press(page, "Import")
    expect(page.get_by_text("1 draft was made.")).to_be_visible()
    page.get_by_label("ada-of-theirs").select_option("offline")
    press(page, "Save")
    press(page, "Test")
    expect(page.locator(".messagelist")).to_contain_text("The test passed.")
    expect(page.get_by_role("region", name="Last test")).to_contain_text("the first: Parental leave")
    page.get_by_role("textbox", name="Question").fill("What did the board discuss?")
    press(page, "Try")
    expect(page.get_by_text("Kept, as document 1")).to_be_visible()
    page.get_by_label("Strictness").select_option("5")
    page.wait_for_url("**strictness=5**")
    page.go_back()
    page.get_by_role("link", name="docs", exact=True).click()
    page.get_by_label("Name:", exact=True).fill("Minutes")
    page.get_by_label("On by default").check()
    page.get_by_label("Enabled").check()
    press(page, "Save")
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    employee = context().new_page()
    sign_in(employee, server)
    ask(employee, "What did the board discuss?")
    ended(employee)
    expect(employee.get_by_role("link", name="Source 1: Board minutes").first).to_be_visible()
    expect(employee.locator("article.answer .prose")).to_contain_text("merger with a competitor")


def test_the_form_shows_the_fields_and_choices_of_its_type(server, context):
    page = administrator(server, context)
    page.goto(f"{server.address}/{SOURCES}add/")
    kind, way = page.get_by_label("Type:"), page.get_by_label("Signs in with:", exact=True)
    expect(way).to_be_hidden()
    kind.select_option("azure_search")
    expect(way.locator("option:not([hidden])")).to_have_count(4)
    expect(page.get_by_label("Endpoint:", exact=True)).to_have_attribute(
        "placeholder", "https://NAME.search.windows.net"
    )
    expect(page.get_by_label("Semantic configuration:")).to_be_hidden()
    page.get_by_label("Searches by:").select_option("semantic")
    expect(page.get_by_label("Semantic configuration:")).to_be_visible()
    way.select_option("access_token")
    expect(page.get_by_label("Access token:", exact=True)).to_be_visible()
    page.get_by_label("Vectors are made by:").select_option("endpoint")
    expect(page.get_by_label("Embedding key:")).to_be_visible()
    kind.select_option("pinecone")
    expect(way).to_have_value("api_key")
    expect(page.get_by_label("Key:", exact=True)).to_be_visible()
    expect(page.get_by_label("Searches by:")).to_be_hidden()
    expect(page.get_by_label("Embedding key:")).to_be_hidden()
    kind.select_option("local")
    expect(page.get_by_role("heading", name="Signing in")).to_be_hidden()
    expect(page.get_by_label("Employee handbook")).to_be_visible()


def test_without_script_a_file_is_imported_and_tested(server, context, store, tmp_path):
    page = context(java_script_enabled=False).new_page()
    page.goto(f"{server.address}/accounts/login/")
    press(page, "Sign in as administrator")
    file = tmp_path / "request.json"
    file.write_text(body(store).replace("ada-of-theirs", "offline"))
    page.goto(f"{server.address}/{SOURCES}import/")
    page.get_by_label("Or a file").set_input_files(file)
    press(page, "Import")
    expect(page.get_by_label("Environment:")).to_be_visible()
    page.get_by_label("Index:", exact=True).fill("nowhere")
    press(page, "Save and continue editing")
    press(page, "Test")
    expect(page.get_by_role("region", name="Last test")).to_contain_text("Check its name")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_its_pages_are_accessible_and_fit(server, context, store, width, scheme):
    page = administrator(server, context, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"{server.address}/{SOURCES}import/")
    assert_clean(page)
    page.get_by_label("JSON").fill("no JSON")
    press(page, "Import")
    expect(page.get_by_role("alert")).to_contain_text("This is no JSON")
    assert_clean(page)
    page.get_by_label("JSON").fill(body(store))
    press(page, "Import")
    page.wait_for_url("**/map/")
    assert_clean(page)
    for address in ("", "add/", "1/change/", "1/ask/?question=Who+approves+parental+leave%3F"):
        page.goto(f"{server.address}/{SOURCES}{address}")
        if address == "1/change/":
            press(page, "Test")
            expect(page.locator(".messagelist")).to_contain_text("The test passed.")
        assert_clean(page)
        assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth"), address
