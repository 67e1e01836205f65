"""What an answer was given to read is frozen before its first token, and what it cites when it ended."""

import pytest

from conversations.answering import Passage
from conversations.generation import evidence
from conversations.grounding import Check
from conversations.models import Citation, Collection, erase
from tests import factories

TEXT = "18 weeks.[doc2] In blocks.[doc1][doc2] `[doc1]`"


@pytest.fixture
def answer(person, offline):
    return factories.make_turn(factories.make_conversation(person, deployment=offline), answer=TEXT).answer


def passage(number, content="Words.", **facts):
    return Passage(number=number, source=None, source_name="Handbook", content=content, title="Leave", **facts)


def test_passages_are_kept_in_their_order_with_what_was_left_out(answer):
    evidence.keep(answer.pk, [passage(1), passage(2), passage(0, "x" * 1000, filter_reason="score")])
    rows = list(answer.evidence.all())
    assert [(each.number, each.filter_reason) for each in rows] == [(1, ""), (2, ""), (0, "score")]
    assert len(rows[2].content) == 300


def test_of_a_document_that_was_erased_since_it_was_found_no_words_are_kept(answer):
    kept = factories.make_document(Collection.objects.create(name="Handbook"), "Leave")
    gone = factories.make_document(kept.collection, "Gone")
    found = [passage(at, heading="Days", document=str(each.pk)) for at, each in enumerate((kept, gone), 1)]
    erase(gone)
    evidence.keep(answer.pk, found)
    rows = answer.evidence.values_list("content", "heading", "purged")
    assert list(rows) == [("Words.", "Days", False), ("", "", True)]


def test_another_try_replaces_what_the_first_one_found(answer):
    evidence.keep(answer.pk, [passage(1, "old"), passage(2)])
    evidence.keep(answer.pk, [passage(1, "new")])
    assert [each.content for each in answer.evidence.all()] == ["new"]


def test_each_visible_mention_gets_its_verdict(answer):
    evidence.keep(answer.pk, [passage(1), passage(2)])
    mentions = [
        Check(2, "18 weeks.", "supported", 0, 5),
        Check(1, "In blocks.", "weak"),
        Check(2, "In blocks.", "not_found"),
    ]
    evidence.cite(answer.pk, TEXT, mentions)
    rows = Citation.objects.order_by("position").values_list("evidence__number", "label", "verdict")
    assert list(rows) == [(2, 1, "supported"), (1, 2, "weak"), (2, 1, "not_found")]


def test_a_mention_of_nothing_is_not_written_down(answer):
    evidence.keep(answer.pk, [passage(1)])
    evidence.cite(answer.pk, "Yes.[doc9]", [Check(9, "Yes.", "supported")])
    assert not Citation.objects.exists()


def test_what_an_access_filter_let_through_keeps_for_which_groups(answer):
    evidence.keep(answer.pk, [passage(1, badges=("hr", "sales")), passage(2)])
    evidence.keep(answer.pk, [passage(1, badges=("hr", "board")), passage(2)])
    assert [each.filtered for each in answer.evidence.all()] == [True, False]
    assert sorted(answer.badges.values_list("external_id", flat=True)) == ["board", "hr"]
