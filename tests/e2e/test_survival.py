"""The server dies in mid-answer; the page that is open comes back by itself and loses nothing."""

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_chat import ANSWER, ask, ended


def test_a_killed_server_leaves_an_interrupted_answer_that_can_be_continued(tmp_path, context):
    server = Server(tmp_path).start()
    try:
        page = context().new_page()
        sign_in(page, server)
        ask(page, "long text of 300 words")
        page.wait_for_function("() => document.querySelector('article.answer')?.innerText.length > 400")
        server.kill()
        server.start()
        expect(page.locator(ANSWER)).to_have_attribute("data-state", "interrupted", timeout=30_000)
        kept = page.locator(f"{ANSWER} .prose").inner_text()
        assert kept.startswith("The keeper’s log")
        page.get_by_role("button", name="Continue").click()
        ended(page)
        assert page.locator(f"{ANSWER} .prose").inner_text().count("The keeper’s log") == 1
    finally:
        server.stop()
