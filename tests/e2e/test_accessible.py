"""axe finds nothing serious on any page, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_chat import ANSWER, ask, ended

GRAVE = {"serious", "critical"}
OWN = {"preload": False}  # axe copies style sheets into inline ones, which our policy refuses


@pytest.fixture(params=["light", "dark"])
def themed(request, server, context):
    return context(color_scheme=request.param).new_page()


def assert_clean(page):
    found = Axe().run(page, options=OWN).response["violations"]
    grave = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in GRAVE]
    assert not grave


def test_the_sign_in_page(themed, server):
    themed.goto(f"{server.address}/accounts/login/")
    assert_clean(themed)


def test_new_chat_and_conversation(themed, server):
    sign_in(themed, server)
    assert_clean(themed)
    ask(themed, "long text of 100 words")
    ended(themed)
    ask(themed, "show python code")
    ended(themed)
    assert_clean(themed)


def test_while_an_answer_streams_and_stopped(themed, server):
    sign_in(themed, server)
    ask(themed, "long text of 2000 words")
    expect(themed.locator(ANSWER)).to_have_attribute("data-state", "streaming")
    assert_clean(themed)
    themed.get_by_role("button", name="Stop").click()
    ended(themed, "stopped")
    assert_clean(themed)


def test_while_a_question_is_edited(themed, server):
    sign_in(themed, server)
    ask(themed, "hello")
    ended(themed)
    themed.get_by_role("button", name="Details").click()
    assert_clean(themed)
    themed.get_by_label("Edit question").click()
    assert_clean(themed)


@pytest.mark.parametrize(
    "address",
    [
        "account/",
        "account/api/",
        "account/keys/",
        "accounts/password/change/",
        "accounts/logout/",
        "nothing/",
        "prompts/",
        "assistants/",
        "sources/",
        "shared/",
        "archived/",
        "search?q=a",
    ],
)
def test_the_pages_beside_the_chat(themed, server, address):
    sign_in(themed, server)
    themed.goto(f"{server.address}/{address}")
    assert_clean(themed)
