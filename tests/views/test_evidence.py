"""The evidence panel: what a citation leads to, for whom, and how it was found."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_pages_do_not_fetch_what_only_the_panel_shows(browser, answer):
    Citation.objects.create(evidence=answer.evidence.get(number=2), position=0, label=1, sentence="18 weeks.")
    for end in ("", f"m/{answer.pk}/text", "export.json", "export.md"):
        with CaptureQueriesContext(connection) as seen:
            assert "Leave policy" in browser.get(f"/c/{answer.conversation_id}/{end}").content.decode()
        fetched = [each["sql"] for each in seen if 'SELECT "conversations_evidence"."id", ' in each["sql"]]
        assert len(fetched) == 1
        assert '"content"' not in fetched[0]
        assert "number" in fetched[0].partition("WHERE")[2]
        assert not any('"sentence"' in each["sql"] for each in seen)


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


TABLE = "Hotels.\n| City | Up to |\n| --- | --- |\n| Paris | 180 |\n| Rome | 150 |\n| Oslo | 190 |"


def cites(answer, content, place):
    """The first source says `content`, of which `place` supports the answer."""
    evidence = answer.evidence.get(number=2)
    answer.evidence.filter(pk=evidence.pk).update(content=content)
    start = content.index(place)
    Citation.objects.create(
        evidence=evidence,
        position=0,
        label=1,
        sentence="Rome: 150.",
        verdict=Verdict.SUPPORTED,
        start=start,
        end=start + len(place),
    )


def test_a_table_is_drawn_as_one_with_its_row_marked(browser, answer):
    cites(answer, TABLE, "| Rome | 150 |")
    found = page(browser, answer, "1/")
    assert "<p>Hotels.</p>" in found
    assert '<tr><th scope="col">City</th><th scope="col">Up to</th></tr><tr><td>Paris</td>' in found
    assert "<tr><td><mark>Rome</mark></td><td><mark>150</mark></td></tr>" in found
    assert "---" not in found.split('id="evidence"')[1]


def test_a_preview_has_the_row_alone_below_its_head(browser, answer):
    cites(answer, TABLE, "| Rome | 150 |")
    found = page(browser, answer, "1/?preview")
    assert found.count("<tr>") == 2
    assert "<mark>Rome</mark>" in found
    assert "Hotels." not in found


def test_a_preview_begins_shortly_before_what_is_marked(browser, answer):
    cites(answer, f"First. {'Much is said. ' * 40}Rome has 150.\nLast.", "Rome has 150.")
    found = page(browser, answer, "1/?preview")
    assert "said. <mark>Rome has 150.</mark>" in found
    assert "First." not in found
    assert "Last." not in found


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
    assert "The passage was removed" in page(browser, answer, "1/?preview")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.SUPPORTED, "The passage said so while it was here."), (Verdict.WEAK, "It can no longer be checked.")],
)
def test_of_a_purged_passage_nothing_is_said_that_can_be_looked_up(browser, answer, verdict, words):
    evidence = answer.evidence.get(number=2)
    Citation.objects.create(
        evidence=evidence, position=0, label=1, sentence="18 weeks.", verdict=verdict, start=0, end=22
    )
    answer.evidence.filter(number=2).update(content="", purged=True)
    found = page(browser, answer, "1/")
    assert words in found
    assert "The passage says so." not in found
    assert "Read it before you rely on it." not in found


def test_a_document_s_address_is_a_link_only_if_it_is_a_web_address(browser, answer):
    answer.evidence.filter(number=2).update(url="javascript:alert(1)")
    assert "javascript:" not in page(browser, answer, "1/")
    answer.evidence.filter(number=2).update(url="https://intranet.test/leave.pdf")
    assert 'rel="noopener noreferrer nofollow">Open document <span class="host">intranet.test' in page(
        browser, answer, "1/"
    )
