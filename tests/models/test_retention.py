"""What nobody has used for the days of its owner's groups is deleted for good, and nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from conversations.models import AuditEntry, Company, Conversation, Document, Retention, attached
from conversations.models.conversation_set import GRACE
from conversations.models.retention import days_for
from conversations.models.stored import store
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def group(name, days, *people):
    made = Group.objects.create(name=name)
    Retention.objects.create(group=made, days=days)
    for each in people:
        each.groups.add(made)


def used(owner, days, **facts):
    updated = timezone.now() - timedelta(days=days)
    return factories.make_conversation(owner, text=f"{days} days ago", updated=updated, **facts)


def tend():
    for each in (Conversation.objects.all().expire, Conversation.objects.all().purge):
        while each():
            pass


def a_week_later():
    Conversation.objects.exclude(expired=None).update(expired=timezone.now() - GRACE - timedelta(minutes=1))
    tend()


def titles(owner):
    """Of those that their owner sees."""
    return sorted(Conversation.objects.for_user(owner).values_list("title", flat=True))


def left(owner):
    """What is there after all days of grace."""
    tend()
    a_week_later()
    assert Conversation.objects.filter(owner=owner).count() == len(titles(owner))
    return titles(owner)


def test_without_days_all_is_kept(person):
    used(person, 5000)
    assert days_for(person) is None
    assert left(person) == ["5000 days ago"]


def test_the_company_s_days_are_everybody_s(person):
    Company.objects.create(retention_days=30)
    for days in (29, 31):
        used(person, days)
    used(person, 40, pinned=True)
    used(person, 41, archived=True)
    assert days_for(person) == 30
    assert left(person) == ["29 days ago"]


def test_the_longest_of_a_person_s_groups_counts(person, stranger):
    Company.objects.create(retention_days=10)
    group("Short", 30, person, stranger)
    group("Long", 90, person)
    for owner in (person, stranger):
        for days in (20, 60, 100):
            used(owner, days)
    assert (days_for(person), days_for(stranger)) == (90, 30)
    assert left(person) == ["20 days ago", "60 days ago"]
    assert left(stranger) == ["20 days ago"]


def test_a_group_keeps_for_ever(person):
    Company.objects.create(retention_days=10)
    group("Short", 30, person)
    group("Legal", None, person)
    used(person, 4000)
    assert days_for(person) is None
    assert left(person) == ["4000 days ago"]


def test_a_group_that_says_nothing_leaves_it_to_the_company(person):
    person.groups.add(Group.objects.create(name="Sales"))
    group("Others", 90)
    Company.objects.create(retention_days=10)
    used(person, 11)
    assert days_for(person) == 10
    assert left(person) == []


def test_files_go_with_it_and_the_command_deletes_all(person):
    Company.objects.create(retention_days=30)
    conversation = used(person, 31)
    file, digest = store(b"x")
    facts = {"title": "x", "filename": "x.txt", "file": file, "sha256": digest, "size": 1}
    document = Document.objects.create(collection=attached.collection_of(conversation), **facts)
    for _ in range(24):
        used(person, 32)
    call_command("sweep", stdout=StringIO())
    Conversation.objects.update(expired=timezone.now() - GRACE - timedelta(minutes=1))
    out = StringIO()
    call_command("sweep", stdout=out)
    assert "25 deleted for good" in out.getvalue()
    assert not document.path.exists()
    notes = AuditEntry.objects.filter(verb="retention.delete").values_list("note", flat=True)
    assert sorted(notes) == ["10 conversations", "10 conversations", "5 conversations"]


def test_what_expired_is_hidden_for_a_week_and_its_owner_cannot_take_it_back(browser, person):
    Company.objects.create(retention_days=30)
    conversation = used(person, 31)
    tend()
    tend()
    assert titles(person) == []
    assert Conversation.objects.filter(pk=conversation.pk).exists()
    assert browser.get(f"/c/{conversation.pk}/").status_code == 404
    assert not Conversation.objects.thrown_away(person).exists()
    a_week_later()
    assert not Conversation.objects.exists()
    verbs = AuditEntry.objects.filter(verb__startswith="retention").values_list("verb", flat=True)
    assert list(verbs) == ["retention.delete", "retention.expire"]


def test_a_keeping_group_that_is_emptied_deleted_and_made_anew_within_the_week_loses_nothing(person):
    Company.objects.create(retention_days=10)
    group("Legal", None, person)
    used(person, 400)
    person.groups.clear()
    Group.objects.get(name="Legal").delete()
    tend()
    assert titles(person) == []
    group("Legal", None, person)
    Conversation.objects.update(expired=timezone.now() - GRACE - timedelta(minutes=1))
    assert Conversation.objects.all().purge() == 0  # looked at again, also where nothing put it back yet
    tend()
    assert titles(person) == ["400 days ago"]
    assert AuditEntry.objects.filter(verb="retention.restore").count() == 1


@pytest.mark.parametrize("at", ["expire", "purge"])
def test_a_question_that_comes_in_between_keeps_it(person, monkeypatch, at):
    Company.objects.create(retention_days=10)
    conversation = used(person, 400)
    if at == "purge":
        tend()
        Conversation.objects.update(expired=timezone.now() - GRACE - timedelta(minutes=1))
    atomic = transaction.atomic

    def asked_before(*args, **kwargs):
        monkeypatch.setattr(transaction, "atomic", atomic)
        conversation.ask("And now?")
        return atomic(*args, **kwargs)

    monkeypatch.setattr(transaction, "atomic", asked_before)
    assert getattr(Conversation.objects.all(), at)() == 0
    tend()
    assert titles(person) == ["400 days ago"]


def test_deleting_all_of_one_s_data_is_no_expiry(browser, person):
    Company.objects.create(retention_days=10)
    used(person, 400)
    tend()
    used(person, 300)
    browser.post("/account/delete-data", {"name": person.username})
    assert not Conversation.objects.exists()
    assert not AuditEntry.objects.filter(verb="retention.delete").exists()


def test_people_see_their_days(browser, person):
    conversation = used(person, 1)
    group("Short", 45, person)
    for page in ("/account/", "/archived/", f"/c/{conversation.pk}/menu"):
        assert "45 days" in browser.get(page).content.decode(), page
