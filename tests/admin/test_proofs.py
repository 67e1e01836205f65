"""Deleting, trying and judging a data source, by whoever may manage it."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from conversations.models import Citation, Conversation, DataSource, Evaluation, Feedback, GoldenQuestion, unanswered
from tests import factories

SECRET = "Does my boss know that I am pregnant?"


@pytest.fixture
def source(transactional_db):
    return factories.make_source()


@pytest.fixture
def answer(person, offline, source):
    turn = factories.make_turn(factories.make_conversation(person, deployment=offline), SECRET, "Yes.[doc1]")
    evidence = factories.make_evidence(turn.answer, source=source)
    Citation.objects.create(evidence=evidence, position=0, label=1)
    turn.answer.attempts.get().sources.add(source)
    return turn.answer


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)


def address(name, source):
    return reverse(f"admin:conversations_datasource_{name}", args=[source.pk])


def searched(answer, *queries):
    attempt = answer.attempts.get()
    attempt.record(facts={"queries": list(queries)})


def test_deleting_says_in_how_many_answers_it_is_cited(admin, source, answer):
    assert "It is cited in 1 answer." in admin.get(address("delete", source)).content.decode()


@pytest.mark.parametrize(("fate", "purged"), [("retire", False), ("purge", True)])
def test_what_was_cited_stays_or_goes(admin, source, answer, fate, purged):
    admin.post(address("delete", source), {"fate": fate})
    assert DataSource.objects.get().retired
    assert answer.evidence.get().purged is purged
    assert admin.get(address("change", source)).status_code == 302


def test_without_a_choice_nothing_is_deleted(admin, source):
    admin.post(address("delete", source), {"post": "yes"})
    assert not DataSource.objects.get().retired


def test_a_retired_source_is_not_listed(admin, source):
    source.retire()
    assert source.name not in admin.get(reverse("admin:conversations_datasource_changelist")).content.decode()


def test_the_inbox_shows_searches_and_never_the_question(admin, source, answer):
    Citation.objects.all().delete()
    searched(answer, "pregnancy notification employer")
    page = admin.get(address("unanswered", source)).content.decode()
    assert "pregnancy notification employer" in page
    assert "my boss" not in page
    assert "alice" not in page


@pytest.mark.parametrize("query", [SECRET, SECRET.lower(), "that I am pregnant"])
def test_a_search_in_the_person_s_own_words_is_only_counted(admin, source, answer, query):
    Citation.objects.all().delete()
    searched(answer, query)
    page = admin.get(address("unanswered", source)).content.decode()
    assert "pregnant" not in page
    assert "<dt>Searched word for word, not shown</dt><dd>1</dd>" in page


def test_a_question_is_shown_once_its_person_shares_it(admin, browser, source, answer):
    searched(answer, "pregnancy")
    form = {"good": "0", "reason": "wrong"}
    where = f"/c/{answer.conversation_id}/m/{answer.pk}/feedback"
    browser.post(where, form)
    assert SECRET not in admin.get(address("unanswered", source)).content.decode()
    browser.post(where, {**form, "share": "1"})
    assert Feedback.objects.get().shared
    assert SECRET in admin.get(address("unanswered", source)).content.decode()


@pytest.mark.parametrize("fact", [{"temporary": True}, {"deleted": "2026-01-01T00:00:00Z"}])
def test_nothing_is_shown_of_temporary_and_deleted_chats(source, answer, fact):
    Citation.objects.all().delete()
    searched(answer, "pregnancy notification employer")
    assert unanswered.of(source).queries == [("pregnancy notification employer", 1)]
    Conversation.objects.update(**fact)
    assert unanswered.of(source) == unanswered.Unanswered()


def test_many_answers_are_looked_through_in_few_queries(source, person, offline, django_assert_max_num_queries):
    for at in range(30):
        conversation = factories.make_conversation(person, deployment=offline)
        conversation.sources.add(source)
        searched(factories.make_turn(conversation, f"Question {at}?").answer, "holidays abroad")
    with django_assert_max_num_queries(3):
        assert unanswered.of(source).queries == [("holidays abroad", 30)]


def test_an_answer_that_is_well_supported_is_not_counted(admin, source, answer):
    searched(answer, "pregnancy notification")
    assert "pregnancy notification" not in admin.get(address("unanswered", source)).content.decode()


def test_an_evaluation_is_shown_with_what_changed(admin, source):
    fine = {"question": "Leave?", "document": "Leave policy", "place": 1, "cited": 1, "right": 1}
    facts = {"source": source, "deployment": "Offline", "documents": 5, "ended": timezone.now()}
    Evaluation.objects.create(**facts, outcomes=[fine])
    Evaluation.objects.create(**facts, outcomes=[], failed="lost")  # nothing is compared with it
    bad = {**fine, "place": 0, "cited": 0, "right": 0}
    Evaluation.objects.create(**facts, outcomes=[bad])
    page = admin.get(address("change", source)).content.decode()
    assert "0 % (-100)" in page
    assert "the document was not found" in page


@pytest.mark.parametrize("name", ["delete", "unanswered", "evaluate", "change"])
def test_staff_without_the_permission_get_nowhere(transactional_db, source, name):
    client = factories.browser_of(factories.make_person("stan", is_staff=True))
    assert client.post(address(name, source), {"fate": "purge"}).status_code == 403
    assert not DataSource.objects.get().retired


def test_the_button_needs_golden_questions(admin, source, offline):
    page = admin.post(address("evaluate", source), follow=True).content.decode()
    assert "Write golden questions at the end of this page first" in page


def test_the_button_asks_no_deployment_that_its_presser_may_not(admin, administrator, source, offline):
    GoldenQuestion.objects.create(source=source, question="Leave?", document="leave.pdf")
    group = Group.objects.create(name="Finance")
    offline.denied.add(group)
    administrator.groups.add(group)
    page = admin.post(address("evaluate", source), follow=True).content.decode()
    assert "golden questions and a deployment are needed" in page
    assert not Evaluation.objects.exists()


def test_a_golden_question_names_its_document_by_title_path_or_address(source):
    asked = GoldenQuestion(source=source, question="Leave?", document="leave.pdf", page=3)
    assert asked.wants(["Leave", "hr/Leave.pdf", ""], 3)
    assert not asked.wants(["Leave", "hr/Leave.pdf", ""], 4)
    assert not asked.wants(["Travel"], 3)
