"""The audit is a chain: it grows, and whatever else happens to it is found."""

import pytest
from django.db import connection

from conversations.models import AuditEntry
from conversations.models.audit import START, Fixed, plain, walk
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def written(count=4):
    return [AuditEntry.write("deployment.change", note=f"{at} – é 한 \0") for at in range(count)]


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_entries_follow_each_other():
    entries = written()
    assert [each.number for each in entries] == [1, 2, 3, 4]
    assert [each.previous for each in entries] == [START, *(each.hash for each in entries[:-1])]
    found = walk()
    assert (found.entries, found.broken, found.head) == (4, None, f"4:{entries[-1].hash}")


def test_an_entry_says_who_and_what_as_it_was_then(person):
    person.first_name = "Alice"
    person.save()
    changes = {"groups": [["A"], ["A", "B"]]}
    entry = AuditEntry.write("user.change", person, person=person, changes=changes, address="::1")
    person.delete()
    entry.refresh_from_db()
    assert (entry.person_name, entry.type, entry.title) == ("Alice (alice)", "user", "Alice")
    assert entry.hash == entry.computed()
    assert walk().broken is None


def test_nothing_is_changed_or_deleted():
    entry = written()[0]
    entry.note = "else"
    for forbidden in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(note=""),
        lambda: AuditEntry.objects.bulk_update([entry], ["note"]),
    ):
        with pytest.raises(Fixed):
            forbidden()
    assert walk().entries == 4


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE conversations_auditentry SET note = 'harmless' WHERE number = 2", 2),
        ("UPDATE conversations_auditentry SET person_id = 7 WHERE number = 3", 3),
        ("UPDATE conversations_auditentry SET at = '2026-01-01 00:00:00+00:00' WHERE number = 3", 3),
        ("DELETE FROM conversations_auditentry WHERE number = 3", 4),
        ("DELETE FROM conversations_auditentry WHERE number = 1", 2),
        ("UPDATE conversations_auditentry SET hash = previous WHERE number = 1", 1),
    ],
)
def test_the_first_broken_entry_is_named(statement, broken):
    written()
    sql(statement)
    assert walk().broken == broken


def test_a_noted_head_finds_what_was_cut_off_or_written_anew():
    written(2)
    noted = walk().head
    written(2)
    assert walk(noted).broken is None
    sql("DELETE FROM conversations_auditentry WHERE number > 1")
    assert walk().broken is None
    assert walk(noted).broken == 2
    AuditEntry.write("forged")
    assert walk().broken is None
    assert walk(noted).broken == 2
    assert walk("nonsense").broken == 3


def test_values_come_back_from_the_database_as_they_were_hashed():
    odd = {
        "float": 1.0,
        "nul": "a\0b",
        "surrogate": "\ud800",
        "long": "x" * 5000,
        "deep": {"list": [1, None, True, 2.5]},
    }
    entry = AuditEntry.write("x", changes=odd)
    entry.refresh_from_db()
    assert entry.computed() == entry.hash
    assert entry.changes["deep"] == {"list": [1, None, True, "2.5"]}
    assert len(plain("x" * 5000)) == 2000


def test_an_act_that_fails_takes_its_entry_with_it():
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        AuditEntry.write("deployment.change")
        raise RuntimeError
    assert walk().entries == 0


def test_whom_it_concerns_is_found_again(person, stranger):
    conversation = factories.make_conversation(person)
    AuditEntry.write("conversation.read", conversation, person=stranger, concerns=person)
    AuditEntry.write("user.change", person, concerns=person)
    assert [each.verb for each in AuditEntry.objects.readings_of(person)] == ["conversation.read"]
    assert not AuditEntry.objects.readings_of(stranger).exists()
