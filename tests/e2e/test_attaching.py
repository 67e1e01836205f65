"""Files in a browser: dropped, asked about, cited with their page; removed, kept by a reload, without scripts too."""

import base64

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_chat import ANSWER, ask, ended
from tests.e2e.test_noscript import reload_until_ended
from tests.e2e.test_page import box
from tests.retrieval.files import pdf

PARKING = pdf("Visitors\nVisitors park on level minus two.", "Bicycles\nThe bicycle shed closes at 22:00 every night.")
DROP = """([name, data]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


def drop(page, name="parking.pdf", content=PARKING):
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def chip(page, name="parking.pdf"):
    return page.locator("#composer .file", has_text=name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dropped_pdf_answers_with_its_page(server, context, scheme):
    page = context(color_scheme=scheme).new_page()
    sign_in(page, server)
    drop(page)
    expect(chip(page)).to_have_attribute("data-state", "ready")
    expect(chip(page)).to_contain_text("2 pages")
    assert_clean(page)
    ask(page, "When does the bicycle shed close?")
    ended(page)
    expect(page.locator(ANSWER)).to_contain_text("22:00")
    expect(chip(page)).to_have_count(0)
    expect(page.locator("article[data-role=user] .file")).to_contain_text("parking.pdf")
    page.get_by_role("link", name="Source 1: Parking, page 2").first.click()
    assert_clean(page)
    page.get_by_role("complementary", name="Sources").get_by_role("link", name="Open at page 2").click()
    expect(page.locator(".sought")).to_contain_text("The bicycle shed closes")


def test_a_question_sent_at_once_takes_its_file_along(page):
    drop(page)
    ask(page, "When does the bicycle shed close?")
    ended(page)
    expect(page.locator(ANSWER)).to_contain_text("22:00")
    expect(page.locator("article[data-role=user] .file")).to_contain_text("parking.pdf")


def test_what_waits_survives_a_reload_and_is_removed(page):
    box(page).fill("When does")
    drop(page)
    expect(chip(page)).to_have_attribute("data-state", "ready")
    page.reload()
    expect(chip(page)).to_be_visible()
    expect(box(page)).to_have_value("When does")
    page.get_by_role("button", name="Remove parking.pdf").focus()
    page.keyboard.press("Enter")
    expect(chip(page)).to_have_count(0)
    page.reload()
    expect(chip(page)).to_have_count(0)
    expect(box(page)).to_have_value("When does")


def test_bad_files_say_why_and_leave_the_rest(page):
    drop(page)
    box(page).fill("When does the bicycle shed close?")
    drop(page, "tool.exe", b"MZ")
    expect(chip(page, "tool.exe")).to_contain_text("It cannot be read.")
    drop(page, "broken.pdf", b"%PDF-1.4 nothing more")
    expect(chip(page, "broken.pdf")).to_contain_text("The file is damaged.")
    drop(page, "face.png", b"no picture")
    expect(chip(page, "face.png")).to_contain_text("does not see images")
    assert_clean(page)
    expect(box(page)).to_have_value("When does the bicycle shed close?")
    box(page).press("Enter")
    ended(page)
    expect(page.locator(ANSWER)).to_contain_text("22:00")
    expect(chip(page, "broken.pdf")).to_be_visible()
    for name in ("broken.pdf", "tool.exe", "face.png"):
        expect(page.locator("article .file", has_text=name)).to_have_count(0)
        page.get_by_role("button", name=f"Remove {name}").click()
        expect(chip(page, name)).to_have_count(0)


def test_a_file_that_fails_on_its_way_does_not_hold_up_the_question(page, context):
    held = []
    page.route("**/files", lambda route: held.append(route))
    drop(page)
    box(page).fill("hello")
    box(page).press("Enter")
    expect(page.locator("#composer-error")).to_contain_text("as soon as its files have arrived")
    held[0].abort()
    expect(page.locator(ANSWER)).to_have_count(1)
    ended(page)
    context.faults.clear()  # the browser says that it could not send
    expect(page.locator("article .file")).to_have_count(0)
    expect(chip(page)).to_contain_text("It did not arrive")


def test_files_are_chosen_with_the_keyboard(page):
    expect(box(page)).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Attach files")).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "parking.pdf", "mimeType": "application/pdf", "buffer": PARKING})
    expect(chip(page)).to_have_attribute("data-state", "ready")


def test_without_scripts_a_file_goes_with_its_question(server, context):
    page = context(java_script_enabled=False).new_page()
    sign_in(page, server)
    file = {"name": "parking.pdf", "mimeType": "application/pdf", "buffer": PARKING}
    page.get_by_label("Attach files").last.set_input_files(file)
    box(page).fill("When does the bicycle shed close?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/c/**")
    reload_until_ended(page)
    expect(page.locator(ANSWER)).to_contain_text("22:00")
    page.get_by_role("button", name="Remove parking.pdf").click()
    expect(page.locator(".file")).to_have_count(0)
