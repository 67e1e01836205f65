"""Takes the pictures of README.md and docs/ from the demo: `python -m tests.e2e.pictures` writes docs/images/*.png."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, QUIET, sign_in
from tests.e2e.first_hour import first_hour
from tests.e2e.picturing import PHONE, STILL, WIDE, picture
from tests.e2e.server import Server

QUESTIONS = ["What can you do?", "Show python code.", "12% of 1,250", "Write a table of the planets."]
PASTED = "Minutes of the site meeting, 12 March. Present: seven. The roof is next.\n" * 650


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        own, demo = Path(folder, "own"), Path(folder, "demo")
        own.mkdir()
        demo.mkdir()
        server = Server(demo).start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            cited(opened(browser, server, "employee"), "conversation")
            cited(opened(browser, server, "employee", viewport=PHONE, has_touch=True, is_mobile=True), "phone")
            found(opened(browser, server, "employee", color_scheme="dark"))
            administrator(opened(browser, server, "administrator"), server)
            employee(opened(browser, server, "employee"), server)
            on_a_phone(opened(browser, server, "employee", viewport=PHONE, has_touch=True, is_mobile=True))
            first_hour(browser, server, own)
            browser.close()
        finally:
            server.stop()


def opened(browser: Browser, server: Server, name: str, **options: object) -> Page:
    rights = {"permissions": ["clipboard-read", "clipboard-write"]}
    page = browser.new_context(**{"viewport": WIDE, **STILL, **rights, **options}).new_page()
    sign_in(page, server, name)
    return page


def cited(page: Page, name: str) -> None:
    """The handbook's answer with the passage that it rests on, beside it or over it."""
    page.locator("#message").fill("How many days of parental leave do I get, and who approves it?")
    page.locator("#send").click()
    page.locator(".answer[data-state=complete]").wait_for(timeout=30_000)
    page.locator(".prose .cite a").first.click()
    page.locator("#evidence mark").first.wait_for()
    picture(page, name)


def found(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("parental leave")
    page.locator(".result mark").first.wait_for()
    picture(page, "search")


def administrator(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/admin/conversations/deployment/add/")
    for label, value in {
        "Name:": "gpt-5-mini",
        "Label:": "GPT-5 mini",
        "Endpoint:": "https://api.openai.com/v1",
    }.items():
        page.get_by_label(label).fill(value)
    picture(page, "tour-deployment")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{server.address}/admin/conversations/prompt/add/")
    page.get_by_label("Name:").fill("Plain language")
    page.get_by_label("Text:").fill("Answer in plain {{language}}, in short sentences.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{server.address}/admin/")
    picture(page, "tour-administration")
    source(page, server)


def source(page: Page, server: Server) -> None:
    """The handbook's own page after a test, and what it finds for a question."""
    page.goto(f"{server.address}/admin/conversations/datasource/1/change/")
    page.get_by_role("button", name="Test", exact=True).click()
    page.locator(".messagelist").wait_for()
    picture(page, "tour-source")
    page.get_by_role("textbox", name="Question").fill("How many days of parental leave do I get?")
    page.get_by_role("button", name="Try", exact=True).click()
    page.locator(".passages").first.wait_for()
    page.get_by_text("Show the passage").first.click()
    picture(page, "tour-question")


def employee(page: Page, server: Server) -> None:
    choose(page, "offline")
    picture(page, "tour-new")
    for question in QUESTIONS:
        page.goto(server.address)
        page.locator("#message").fill(question)
        page.locator("#message").press("Enter")
        page.locator(".answer[data-state=complete]").wait_for(timeout=30_000)
    picture(page, "tour-conversation")
    page.get_by_role("button", name="Answer with another deployment").click()
    picture(page, "tour-again")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Options of this conversation").click()
    picture(page, "tour-options")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("planet")
    page.locator(".result mark").first.wait_for()
    picture(page, "tour-search")
    page.goto(server.address)
    page.locator(".chip").click()
    page.get_by_role("combobox", name="System prompt").select_option("Plain language")
    picture(page, "tour-settings")
    page.keyboard.press("Escape")
    page.locator("#message").fill("What was decided about the roof?")
    page.evaluate("text => navigator.clipboard.writeText(text)", PASTED)
    page.keyboard.press("Control+v")
    picture(page, "tour-paste")
    page.keyboard.press("Control+/")
    picture(page, "tour-keyboard")


def choose(page: Page, deployment: str) -> None:
    page.locator(".chip").click()
    page.get_by_role("combobox", name="Deployment").select_option(deployment)
    page.keyboard.press("Escape")


def on_a_phone(page: Page) -> None:
    page.get_by_role("button", name="Show conversations").tap()
    page.get_by_role("navigation", name="Conversations").get_by_role(
        "link", name="Write a table", exact=False
    ).first.tap()
    page.locator(".answer").wait_for()
    picture(page, "tour-phone")


if __name__ == "__main__":
    main()
