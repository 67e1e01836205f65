"""The evidence panel: what a citation leads to, for whom, and how it was found."""

import re

import pytest
from django.contrib.auth.models import Group

from conversations.models import Citation, Verdict
from tests import factories

TEXT = "18 weeks.[doc2] In blocks.[doc1]"


@pytest.fixture
def answer(person, offline):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), answer=TEXT)
    factories.make_evidence(turn.answer, 1, title="Blocks", source=None, page=None)
    factories.make_evidence(turn.answer, 2)
    factories.make_evidence(turn.answer, 0, title="Travel", filter_reason="score", original_search_score=0.2)
    return turn.answer


def address(answer, end=""):
    return f"/c/{answer.conversation_id}/m/{answer.pk}/sources/{end}"


def page(browser, answer, end="", **headers):
    return browser.get(address(answer, end), headers=headers).content.decode()


def test_a_citation_leads_to_its_source_by_the_small_number(browser, answer):
    found = browser.get(f"/c/{answer.conversation_id}/").content.decode()
    assert re.findall(r'aria-label="(Source [^"]*)">(\d)</a></sup>', found) == [
        ("Source 1: Leave policy, page 3 (not checked)", "1"),
        ("Source 2: Blocks (not checked)", "2"),
    ]
    assert "Leave policy" in page(browser, answer, "1/")


def test_the_list_below_names_the_sources_in_order_of_mention(browser, answer):
    found = browser.get(f"/c/{answer.conversation_id}/").content.decode()
    assert re.findall(r'source-title">([^<]*)<', found) == ["Leave policy", "Blocks"]


def test_what_supports_the_answer_is_marked(browser, answer):
    evidence = answer.evidence.get(number=2)
    Citation.objects.create(
        evidence=evidence, position=0, label=1, sentence="18 weeks.", verdict=Verdict.SUPPORTED, start=0, end=22
    )
    found = page(browser, answer, "1/")
    assert "<mark>You may take 18 weeks.</mark> A block is two weeks long." in found
    assert "The passage says so." in found


def test_htmx_gets_the_panel_alone_and_a_link_the_whole_page(browser, answer):
    assert "<!doctype" not in page(browser, answer, "1/", HX_Request="true").lower()
    whole = page(browser, answer, "1/")
    assert "<!doctype" in whole.lower()
    assert 'id="transcript"' in whole


@pytest.mark.parametrize("end", ["3/", "0/", "x/"])
def test_a_source_that_is_not_there_is_not_found(browser, answer, end):
    assert browser.get(address(answer, end)).status_code == 404


def test_how_it_was_found_lists_what_was_kept_and_what_was_not(browser, answer):
    found = page(browser, answer)
    assert "parental leave" in found
    assert "3 passages from Employee handbook, 2 kept, 2 cited." in found
    assert "Left out (score)" in found


def test_an_answer_without_documents_has_no_panel(browser, person, offline):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline))
    assert browser.get(address(turn.answer)).status_code == 404


def test_evidence_of_a_source_that_is_no_longer_granted_is_not_shown(browser, answer):
    source = factories.make_source(groups=[Group.objects.create(name="HR")])
    answer.evidence.update(source=source)
    for end in ("", "1/", "1/?preview"):
        found = page(browser, answer, end)
        assert "18 weeks. A block" not in found
        assert "Leave policy" not in found
    assert "You may no longer read this source" in page(browser, answer, "1/")


def test_a_purged_passage_keeps_its_title_alone(browser, answer):
    answer.evidence.filter(number=2).update(content="", purged=True)
    found = page(browser, answer, "1/")
    assert "Leave policy" in found
    assert "The passage was removed" in found


def test_a_document_s_address_is_a_link_only_if_it_is_a_web_address(browser, answer):
    answer.evidence.filter(number=2).update(url="javascript:alert(1)")
    assert "javascript:" not in page(browser, answer, "1/")
    answer.evidence.filter(number=2).update(url="https://intranet.test/leave.pdf")
    assert 'rel="noopener noreferrer nofollow">Open document <span class="host">intranet.test' in page(
        browser, answer, "1/"
    )
