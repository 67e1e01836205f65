"""Budgets: whose they are, how far they are used, and which of several decides."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations.models import ApiKey, Budget, Reader, Spent, Unit, key_standings
from tests import factories
from tests.factories import make_budget


def spend(person, money=0, tokens=0, key=None, at=None):
    Spent.add(at or timezone.now(), tokens, Decimal(money), person=person and person.pk, key=key and key.pk)


def standings(person, key=None):
    return Budget.objects.standings(Reader(person.pk, key and key.pk))


def used(person):
    return [(each.limit, each.used, each.used_up) for each in standings(person)]


@pytest.fixture
def finance(person):
    group = Group.objects.create(name="Finance")
    person.groups.add(group)
    return group


def test_without_budgets_one_query_is_asked(person, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert standings(person) == []


def test_with_however_many_it_is_three(person, finance, django_assert_num_queries):
    for together in (True, False):
        make_budget(hard=5, together=together)
        make_budget(hard=5, group=finance, together=together)
    make_budget(hard=5, person=person)
    with django_assert_num_queries(3):
        assert len(standings(person)) == 5


def test_each_has_as_much_or_all_have_it_together(person, stranger, finance):
    stranger.groups.add(finance)
    outsider = factories.make_person("otto")
    for each, money in ((person, 1), (stranger, 2), (outsider, 4), (None, 8)):
        spend(each, money)
    for facts in ({}, {"group": finance}):
        for together in (True, False):
            make_budget(hard=100, together=together, **facts)
    make_budget(hard=100, person=person)
    assert {each.limit: each.used for each in standings(person)} == {
        "everybody": 1,
        "everybody_together": 15,
        "group": 1,
        "group_together": 3,
        "person": 1,
    }
    assert {each.limit for each in standings(outsider)} == {"everybody", "everybody_together"}


def test_the_tightest_comes_first(person, finance):
    spend(person, 40, tokens=900)
    make_budget(hard=100)
    make_budget(hard=50, group=finance)
    make_budget(hard=1000, unit=Unit.TOKENS, person=person)
    make_budget(soft=10)
    assert [(each.limit, round(each.share, 2)) for each in standings(person)][0:3] == [
        ("everybody", 4.0),
        ("person", 0.9),
        ("group", 0.8),
    ]
    spend(person, 60)
    assert standings(person)[0].used_up
    assert standings(person)[0].share == 2.0


def test_who_is_in_two_groups_may_spend_what_the_smaller_budget_leaves(person, finance):
    sales = Group.objects.create(name="Sales")
    person.groups.add(sales)
    make_budget(hard=100, group=finance)
    make_budget(hard=10, group=sales)
    spend(person, 10)
    assert (standings(person)[0].whose, standings(person)[0].used_up) == ("Sales", True)


def test_a_soft_amount_is_reached_and_refuses_nothing(person):
    make_budget(soft=10)
    spend(person, "9.99")
    (standing,) = standings(person)
    assert (standing.near, standing.used_up) == (False, False)
    spend(person, "0.01")
    (standing,) = standings(person)
    assert (standing.near, standing.used_up) == (True, False)


def test_a_budget_of_nothing_is_used_up(person):
    make_budget(hard=0)
    assert standings(person)[0].used_up


def test_a_month_begins_anew_at_midnight_utc(person, monkeypatch):
    make_budget(hard=10)
    spend(person, 10, at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    (standing,) = standings(person)
    assert (standing.used_up, standing.begins) == (True, datetime(2027, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert used(person) == [("everybody", 0, False)]


def test_leaving_a_group_is_leaving_its_budget(person, finance):
    make_budget(hard=1, group=finance)
    spend(person, 1)
    assert used(person) == [("group", 1, True)]
    person.groups.clear()
    assert used(person) == []


def test_a_key_has_a_budget_of_its_own(person, django_assert_num_queries):
    key = ApiKey.objects.create(owner=person, name="Report", hash="1", budget=5)
    other = ApiKey.objects.create(owner=person, name="Other", hash="2", budget=5)
    free = ApiKey.objects.create(owner=person, name="Free", hash="3")
    spend(person, 5, key=key)
    make_budget(hard=100)
    assert [(each.limit, each.used, each.used_up) for each in standings(person, key)] == [
        ("key", 5, True),
        ("everybody", 5, False),
    ]
    assert standings(person, other)[0].used == 5  # everybody's, which counts all of this person's keys
    assert [each.limit for each in standings(person)] == ["everybody"]
    with django_assert_num_queries(1):
        shown = key_standings([key, other, free])
    assert {pk: each.used for pk, each in shown.items()} == {key.pk: 5, other.pk: 0}


def test_what_has_no_price_counts_as_nothing_in_money_and_fully_in_tokens(person, offline):
    make_budget(hard=1)
    make_budget(hard=110, unit=Unit.TOKENS)
    factories.make_attempt(person, offline)
    assert used(person) == [("everybody", 110, True), ("everybody", 0, False)]


def test_a_budget_is_of_one_and_of_something(person):
    group = Group.objects.create(name="Finance")
    for facts in ({"hard": 1, "person": person, "group": group}, {}, {"soft": 2, "hard": 1}):
        with pytest.raises(ValidationError):
            Budget(**facts).full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            Budget(**facts).save()
    for facts in ({"hard": 1, "person": person, "together": True}, {"hard": Decimal("1.5"), "unit": Unit.TOKENS}):
        with pytest.raises(ValidationError):
            Budget(**facts).full_clean()
    Budget(hard=1, soft=1, group=group).full_clean()
