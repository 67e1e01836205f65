"""What is told of a source's citations: counts and titles, never a question, an answer or a closed document."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from conversations.models import Collection, DataSource, Evidence, Message
from conversations.models.cited import cited
from tests import factories


@pytest.fixture
def source(transactional_db):
    return factories.make_source()


def answer(person, source, *given, text="Hi."):
    """An answer that was given these titles, each with the verdicts of its citations."""
    turn = factories.make_turn(factories.make_conversation(person), answer=text)
    for number, (title, verdicts) in enumerate(given, 1):
        evidence = factories.make_evidence(turn.answer, number, title=title, source=source)
        for at, verdict in enumerate(verdicts):
            evidence.citations.create(position=at, label=1, verdict=verdict, sentence="You get 18 weeks.")
    return turn.answer


def test_counts_and_titles(person, administrator, source):
    answer(person, source, ("Leave", ["supported", "weak"]), ("Travel", []))
    answer(person, source, ("Leave", ["supported"]), ("Pay", ["supported"]))
    answer(person, factories.make_source("Another"), ("Secret", ["supported"]))
    found = cited(source, administrator)
    assert (found.answers, found.citations, found.supported, found.supported_share) == (2, 4, 3, "75 %")
    assert (found.most, found.never) == ([("Leave", 2), ("Pay", 1)], ["Travel"])


def test_only_the_last_thirty_days_count(person, administrator, source):
    old = answer(person, source, ("Leave", ["supported"]))
    Message.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=31))
    assert cited(source, administrator).answers == 0


def test_titles_are_not_told_of_a_source_with_different_readers(person, administrator, source):
    answer(person, source, ("Board minutes", ["supported"]))
    source.access_filter = '{"terms": {"groups": "{groups}"}}'
    found = cited(source, administrator)
    assert (found.answers, found.most, found.never, found.documents_told) == (1, [], [], False)


def test_documents_kept_here_are_told_to_their_readers_and_managers(person, stranger, administrator, db):
    group = Group.objects.create(name="HR")
    collection = Collection.objects.create(name="Closed")
    collection.groups.add(group)
    leave, _pay = (factories.make_document(collection, title) for title in ("Leave", "Pay"))
    source = DataSource(name="Ours")
    source.configure("local", {"collections": ["Closed"]})
    source.save()
    given = answer(person, source, ("Leave", ["supported"]))
    Evidence.objects.filter(message=given).update(document=str(leave.pk))
    found = cited(source, administrator)
    assert (found.most, found.never, found.never_count) == ([("Leave", 1)], ["Pay"], 1)
    assert (cited(source, stranger).most, cited(source, stranger).never) == ([], [])
    stranger.groups.add(group)
    assert cited(source, stranger).never == ["Pay"]


def test_the_page_shows_them_without_questions_and_answers(person, administrator, source):
    answer(person, source, ("Leave", ["supported"]), text="The canary answer.")
    page = factories.browser_of(administrator).get(f"/admin/conversations/datasource/{source.pk}/change/")
    text = page.content.decode()
    assert "Cited most" in text
    assert "100 %" in text
    assert "Hello?" not in text
    assert "canary answer" not in text
    assert "18 weeks" not in text
