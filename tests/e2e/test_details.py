"""Filters, tool calls, refusals and JSON, as they come in while the page is open: in words, and readable."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessible import assert_clean
from tests.e2e.test_admin import add_deployment, choose
from tests.e2e.test_chat import ANSWER, ask, ended
from tests.upstream import FakeUpstream


@pytest.fixture(scope="module")
def server(own_server):
    return own_server


def test_what_came_beside_the_text_is_shown_when_the_answer_has_ended(server, context):
    with FakeUpstream().threaded() as upstream:
        page = context().new_page()
        sign_in(page, server, "administrator")
        add_deployment(page, server, "loop", upstream.address)
        page.goto(server.address)
        choose(page, "loop")
        upstream.stream("filters_of_every_category").stream("parallel_tool_calls").stream("refusal_delta")
        upstream.reply('{"days":', " 25}")
        for text in ("Judge this", "What is the weather?", "How is it built?", "How many days?"):
            ask(page, text)
            ended(page)
        judged, called, declined, structured = (page.locator(ANSWER).nth(at) for at in range(4))
        expect(called).to_contain_text("The model asked for a tool instead of answering.")
        called.get_by_text("Called weather").click()
        expect(called.locator("pre").first).to_contain_text('"a": 1')
        expect(declined).to_contain_text("The model declined.")
        expect(structured.locator("pre")).to_have_text('{\n  "days": 25\n}\n')
        judged.get_by_role("button", name="Details").click()
        expect(judged.get_by_role("group", name="Details")).to_contain_text("Attempt to get around the rules: detected")
        expect(judged.get_by_role("link", name="MIT")).to_be_visible()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert_clean(page)
        page.set_viewport_size({"width": 390, "height": 500})
        box = judged.get_by_role("group", name="Details").bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 500
