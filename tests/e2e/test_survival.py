"""The server dies in mid-answer; the page that is open comes back by itself and loses nothing."""

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_chat import ANSWER, ask, ended


def test_a_killed_server_leaves_an_interrupted_answer_that_can_be_continued(fresh, context):
    server = Server(fresh("killed")).start()
    try:
        page = context().new_page()
        sign_in(page, server)
        ask(page, "long text of 300 words")
        page.wait_for_function("() => document.querySelector('article.answer')?.innerText.length > 400")
        server.kill()
        server.start()
        expect(page.locator(ANSWER)).to_have_attribute("data-state", "interrupted", timeout=30_000)
        kept = page.locator(f"{ANSWER} .prose").inner_text()
        assert "The keeper’s log" in kept
        page.get_by_role("button", name="Continue").click()
        ended(page)
        assert page.locator(f"{ANSWER} .prose").inner_text().count("The keeper’s log") == 1
    finally:
        server.stop()


def test_a_page_notices_a_dead_server_at_once_and_a_new_one_soon(fresh, context):
    server = Server(fresh("survival")).start().without_handbook()
    try:
        page = context().new_page()
        sign_in(page, server)
        line, error = page.locator("#connection"), page.locator("#composer-error")
        server.kill()
        expect(line).to_be_visible(timeout=2_500)
        page.get_by_role("textbox", name="Message").fill("Are you there?")
        page.get_by_role("button", name="Send").click()
        expect(error).to_contain_text("The server cannot be reached")
        page.wait_for_timeout(6_000)  # so that the waiting has grown
        context.faults.clear()  # the browser and htmx say that they could not send
        server.start()
        expect(line).to_be_hidden(timeout=4_000)
        expect(error).to_be_empty()
        expect(page.get_by_role("textbox", name="Message")).to_have_value("Are you there?")
    finally:
        server.stop()


COUNTED = """() => {
    const Real = WebSocket;
    window.made = 0;
    window.WebSocket = class extends Real { constructor(...given) { super(...given); window.made += 1; } };
}"""
LOOKED_AT = "() => { document.dispatchEvent(new Event('visibilitychange')); return window.made; }"


def test_a_page_connects_anew_when_the_network_is_back_or_it_is_looked_at_after_long(server, context):
    page = context().new_page()
    page.clock.install()
    sign_in(page, server)
    page.evaluate(COUNTED)
    assert page.evaluate(LOOKED_AT) == 0  # it hears the server
    assert page.evaluate("() => { dispatchEvent(new Event('online')); return window.made; }") == 1
    page.wait_for_timeout(500)
    page.clock.fast_forward(40_000)  # as a machine that slept: no ping came
    assert page.evaluate(LOOKED_AT) == 2
