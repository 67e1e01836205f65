"""A group that is deleted opens nothing that was granted to it alone."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import Collection, DataSource
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_only_a_deleted_group_was_granted_becomes_nobody_s(person):
    group = Group.objects.create(name="HR")
    factories.make_source(groups=[group])
    Collection.objects.create(name="Salaries").groups.add(group)
    group.delete()
    assert not DataSource.objects.for_reader(person.reader()).exists()
    assert not Collection.objects.for_reader(person.reader()).exists()


def test_what_others_were_granted_too_stays_theirs(person):
    group, mine = Group.objects.create(name="HR"), Group.objects.create(name="Legal")
    person.groups.add(mine)
    source = factories.make_source(groups=[group, mine])
    group.delete()
    assert list(DataSource.objects.for_reader(person.reader())) == [source]
    assert [each.name for each in source.groups.all()] == ["Legal"]
