"""Copies and exports of an answer say where its citations lead, as far as the person may read that."""

import json

import pytest
from django.contrib.auth.models import Group

from tests import factories

TEXT = "18 weeks.[doc2] In blocks.[doc1][doc2]\n\n```\nx = [doc1]\n```"
PLAIN = "18 weeks.[1] In blocks.[2][1]\n\n```\nx = [doc1]\n```"


@pytest.fixture
def answer(person, offline):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), answer=TEXT)
    factories.make_evidence(turn.answer, 1, title="Blocks", page=None, url="https://intranet.test/blocks")
    factories.make_evidence(turn.answer, 2)
    return turn.answer


def taken(browser, answer, end):
    return browser.get(f"/c/{answer.conversation_id}/{end}").content.decode()


def test_a_copy_has_numbers_and_a_list_of_sources(browser, answer):
    sources = "Sources:\n\n- [1] Leave policy, page 3\n- [2] Blocks, https://intranet.test/blocks"
    assert taken(browser, answer, f"m/{answer.pk}/text") == f"{PLAIN}\n\n{sources}"


def test_an_export_to_read_has_the_same(browser, answer):
    found = taken(browser, answer, "export.md")
    assert f"{PLAIN}\n\nSources:" in found
    assert "- [1] Leave policy, page 3\n" in found


def test_an_export_for_programs_lists_them_as_values(browser, answer):
    message = json.loads(taken(browser, answer, "export.json"))["messages"][-1]
    assert message["text"] == PLAIN
    assert [(each["label"], each["title"], each["page"], each["url"]) for each in message["sources"]] == [
        (1, "Leave policy", 3, None),
        (2, "Blocks", None, "https://intranet.test/blocks"),
    ]


def test_what_may_no_longer_be_read_is_not_named(browser, answer):
    hidden = factories.make_source("Hidden place", groups=[Group.objects.create(name="HR")])
    answer.evidence.filter(number=2).update(source=hidden, source_name="Hidden place")
    for end in (f"m/{answer.pk}/text", "export.md", "export.json"):
        found = taken(browser, answer, end)
        assert "a source that you may no longer read" in found
        assert "Leave policy" not in found
        assert "Hidden place" not in found


def test_an_answer_without_sources_is_copied_as_it_is(browser, person, offline):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), answer="See [doc1].")
    assert taken(browser, turn.answer, f"m/{turn.answer.pk}/text") == "See [doc1]."
