"""Documents in a browser: uploaded, watched until ready, read, deleted and taken back; by those who may."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.retrieval import files


@pytest.fixture(scope="session")
def server(handbook_server):
    return handbook_server


@pytest.fixture(params=["light", "dark"])
def page(request, server, context):
    page = context(color_scheme=request.param).new_page()
    sign_in(page, server, "administrator")
    return page


def make(page, server, name):
    page.goto(f"{server.address}/documents/")
    assert_clean(page)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_upload_ready_read_delete_and_undo(page, server, request):
    make(page, server, f"Harbour {request.node.name}")
    page.set_input_files(
        "#files",
        [
            {
                "name": "rules.pdf",
                "mimeType": "application/pdf",
                "buffer": files.pdf("The harbour opens at six.\nBoats wait outside until then."),
            },
            {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 nothing more"},
            {"name": "a.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ],
    )
    expect(page.locator('tr[data-state="ready"]')).to_contain_text("Rules")
    expect(page.locator('tr[data-state="failed"]')).to_contain_text("The file is damaged.")
    expect(page.locator(".note.error")).to_contain_text(["1 file was not taken.", "a.exe"])
    assert_clean(page)
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_role("article")).to_contain_text("The harbour opens at six.")
    assert_clean(page)
    page.go_back()
    page.get_by_role("button", name="Delete “Rules”").click()
    expect(page.get_by_text("“Rules” is deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Rules")).to_be_visible()


def test_a_pasted_text_becomes_a_document(page, server, request):
    make(page, server, f"Notes {request.node.name}")
    page.get_by_text("Paste a text").click()
    page.get_by_label("Title").fill("Parking")
    page.get_by_label("Text", exact=True).fill("Guests park in the yard.")
    page.get_by_role("button", name="Add").click()
    expect(page.locator('tr[data-state="ready"]')).to_contain_text("Parking")


def test_an_employee_reads_the_handbook_opened_at_a_page(server, context):
    page = context(viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, server)
    page.goto(f"{server.address}/documents/")
    page.get_by_role("main").get_by_role("link", name="Employee handbook").click()
    expect(page.locator("#files")).to_have_count(0)
    page.get_by_role("link", name="Time away").click()
    page.wait_for_url("**/documents/d/*/")
    page.goto(f"{page.url}?page=7")
    expect(page.locator(".sought")).to_be_in_viewport()
    expect(page.locator(".sought")).to_contain_text("Your manager approves parental leave")
    assert_clean(page)


def test_without_javascript_a_document_is_uploaded_and_read(server, context):
    page = context().new_page()
    sign_in(page, server, "administrator")
    bare = context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    bare.goto(f"{server.address}/documents/")
    bare.get_by_label("Name").fill("Bare")
    bare.get_by_role("button", name="Make it").click()
    bare.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"Plain words."}])
    bare.get_by_role("button", name="Upload").click()
    for _ in range(50):
        if bare.locator('tr[data-state="ready"]').count():
            break
        bare.wait_for_timeout(200)
        bare.reload()
    bare.get_by_role("link", name="A", exact=True).click()
    expect(bare.get_by_role("article")).to_contain_text("Plain words.")
