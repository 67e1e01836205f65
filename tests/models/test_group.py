"""A group that is deleted opens nothing that was granted to it alone."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import ProtectedError

from conversations.models import Budget, Collection, DataSource, Retention
from conversations.models.group import nobody, readers
from conversations.models.retention import days_for
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
    assert readers(source) == ["Legal"]


def test_groups_that_are_deleted_together_open_nothing(person):
    factories.make_source(groups=[Group.objects.create(name="HR"), Group.objects.create(name="Legal")])
    Group.objects.all().delete()
    assert not DataSource.objects.for_reader(person.reader()).exists()


def test_nobody_cannot_be_deleted(person):
    Collection.objects.create(name="Mine").groups.add(nobody())
    with pytest.raises(ProtectedError, match="owners' alone"):
        nobody().delete()
    assert not Collection.objects.for_reader(person.reader()).exists()


def test_who_is_denied_something_stays_denied(person):
    group = Group.objects.create(name="Trainees")
    source = factories.make_source()
    source.denied.add(group)
    person.groups.add(group)
    with pytest.raises(ProtectedError, match="Employee handbook"):
        group.delete()
    assert not DataSource.objects.for_reader(person.reader()).exists()
    person.groups.clear()
    group.delete()
    assert list(DataSource.objects.for_reader(person.reader())) == [source]


@pytest.mark.parametrize("days", [30, None])
def test_days_of_keeping_are_not_lifted_by_deleting(person, days):
    group = Group.objects.create(name="Legal")
    Retention.objects.create(group=group, days=days)
    person.groups.add(group)
    with pytest.raises(ProtectedError, match="are kept for as long as"):
        group.delete()
    assert days_for(person) == days
    group.retention.delete()
    group.delete()


def test_nor_is_a_budget(person):
    group = Group.objects.create(name="Trainees")
    factories.make_budget(hard=5, group=group)
    person.groups.add(group)
    with pytest.raises(ProtectedError, match="has a budget"):
        group.delete()
    person.groups.clear()
    group.delete()
    assert not Budget.objects.exists()


class TestAdmin:
    def deleted(self, administrator, *groups):
        """What the administration says when these are deleted one by one, and together."""
        browser, said = factories.browser_of(administrator), []
        for each in groups:
            said.append(browser.post(f"/admin/auth/group/{each.pk}/delete/", {"post": "yes"}))
        form = {"action": "delete_selected", "_selected_action": [each.pk for each in groups], "post": "yes"}
        said.append(browser.post("/admin/auth/group/", form))
        return [each.content.decode() for each in said]

    def test_it_says_what_would_be_opened(self, administrator, person):
        group = Group.objects.create(name="Trainees")
        factories.make_source().denied.add(group)
        person.groups.add(group)
        for page in self.deleted(administrator, group):
            assert "what would change for its people" in page
            assert "“Employee handbook” (data source) is denied to this group" in page
        for page in self.deleted(administrator, nobody()):
            assert "alone would be everybody" in page
        assert Group.objects.count() == 2

    def test_nobody_keeps_its_name(self, administrator):
        browser = factories.browser_of(administrator)
        address = f"/admin/auth/group/{nobody().pk}/change/"
        assert browser.get(address).status_code == 200
        assert browser.post(address, {"name": "Somebody"}).status_code == 403

    def test_nobody_is_not_listed_among_readers(self, administrator):
        browser, group = factories.browser_of(administrator), Group.objects.create(name="HR")
        source = factories.make_source(groups=[group, nobody()])
        collection = Collection.objects.create(name="Salaries")
        collection.groups.add(group, nobody())
        listed, shown = "/admin/conversations/datasource/", f"/documents/{collection.pk}/"
        for address in (listed, shown):
            page = browser.get(address).content.decode()
            assert "HR" in page
            assert "Nobody" not in page
        group.delete()
        assert list(source.groups.all()) == list(collection.groups.all()) == [nobody()]
        collection.owners.add(administrator)
        for address in (listed, shown):
            assert "only its owners" in browser.get(address).content.decode()
