"""Answers are read aloud by a voice of the machine itself, where it has one for their language."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_chat import ask, ended

# The browser of the tests has no voice; this one keeps what it is told to say.
VOICE = """
window.said = [];
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
  getVoices: () => [{ lang: "en-US", localService: LOCAL }],
  speak: (each) => window.said.push(each),
  cancel: () => window.said.push("cancelled"),
}) });
"""


@pytest.fixture
def speaking(server, context):
    """Make a page whose browser has an English voice, of this machine or of a service."""

    def make(local="true"):
        made = context()
        made.add_init_script(VOICE.replace("LOCAL", local))
        page = made.new_page()
        sign_in(page, server)
        return page

    return make


def said(page):
    return page.evaluate("said.filter(each => each.text).map(each => each.text)")


def test_the_text_is_read_without_its_code_and_ends_as_it_began(speaking):
    page = speaking()
    ask(page, "show python code")
    ended(page)
    ask(page, "What can you do?")
    ended(page)
    page.get_by_role("button", name="Read aloud").last.click()
    assert any("rules" in each for each in said(page))
    assert not any("def " in each for each in said(page))
    stop = page.get_by_role("button", name="Stop reading")
    expect(stop).to_be_visible()
    page.evaluate("said.filter(each => each.text).at(-1).dispatchEvent(new Event('end'))")
    expect(stop).to_be_hidden()


def test_escape_and_the_button_stop_it(speaking):
    page = speaking()
    ask(page, "What can you do?")
    ended(page)
    for stop in (lambda: page.keyboard.press("Escape"), page.get_by_role("button", name="Stop reading").click):
        page.get_by_role("button", name="Read aloud").click()
        expect(page.get_by_role("button", name="Stop reading")).to_be_visible()
        stop()
        expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
        assert page.evaluate("said.at(-1)") == "cancelled"


@pytest.mark.parametrize(("local", "question"), [("false", "What can you do?"), ("true", "도움말")])
def test_without_a_voice_of_the_machine_for_the_language_it_is_not_offered(speaking, local, question):
    page = speaking(local)
    ask(page, question)
    ended(page)
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).to_be_hidden()
