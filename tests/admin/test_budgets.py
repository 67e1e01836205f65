"""Budgets in the administration: entered, listed with what is used, and usage by group."""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from conversations.admin.charts import rows
from conversations.models import ApiKey, Budget, Spent, Unit
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/conversations/budget/"
FORM = {"group": "", "person": "", "unit": "money", "soft": "", "hard": ""}


def spend(person, money):
    Spent.add(timezone.now(), 7, Decimal(money), person=person.pk, key=None)


def test_they_stand_under_people(admin):
    page = admin.get("/admin/").content.decode()
    assert LIST in page.partition(">People<")[2].partition(">Records<")[0]


def test_a_budget_is_entered(admin, person):
    finance = Group.objects.create(name="Finance")
    form = FORM | {"group": finance.pk, "together": "on", "soft": "80", "hard": "100"}
    assert admin.post(f"{LIST}add/", form).status_code == 302
    made = Budget.objects.get()
    assert (made.limit, made.soft, made.hard) == ("group_together", 80, 100)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Enter at least one of the two amounts."),
        ({"soft": "2", "hard": "1"}, "The notice comes before the refusal"),
        ({"hard": "-1"}, "greater than or equal to 0"),
        ({"hard": "1.5", "unit": "tokens"}, "Tokens are whole numbers."),
    ],
)
def test_what_cannot_be_is_said(admin, wrong, words):
    page = admin.post(f"{LIST}add/", FORM | wrong)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Budget.objects.exists()


def test_of_a_group_and_a_person_one_is_chosen(admin, person):
    finance = Group.objects.create(name="Finance")
    page = admin.post(f"{LIST}add/", FORM | {"group": finance.pk, "person": person.pk, "hard": "1"})
    assert "Choose a group or a person, not both." in page.content.decode()


def test_the_list_says_what_is_used(admin, person, stranger):
    finance = Group.objects.create(name="Finance")
    person.groups.add(finance)
    spend(person, 10)
    spend(stranger, 30)
    factories.make_budget(hard=100)
    factories.make_budget(hard=100, together=True)
    factories.make_budget(hard=100, group=finance)
    factories.make_budget(soft=1000, person=person, unit=Unit.TOKENS)
    page = admin.get(LIST).content.decode()
    for words in ("30.00 USD (30 %)", "40.00 USD (40 %)", "10.00 USD (10 %)", "7 tokens (0 %)", "each of them"):
        assert words in page, words


def test_a_key_gets_a_budget_and_its_owner_sees_it(admin, person):
    key = ApiKey.objects.create(owner=person, name="Report", hash="1", budget=8)
    assert 'name="budget"' in admin.get(f"/admin/conversations/apikey/{key.pk}/change/").content.decode()
    Spent.add(timezone.now(), 7, Decimal(2), person=person.pk, key=key.pk)
    page = factories.browser_of(person).get("/account/keys/").content.decode()
    assert "2.00 USD of 8.00 USD (25 %) this month" in page


def test_usage_by_group_is_a_table_a_chart_and_a_file(admin, person, offline):
    factories.make_price(offline, prompt="1000000", completion="0")
    for name in ("Finance", "Sales"):
        person.groups.add(Group.objects.create(name=name))
    factories.make_attempt(person, offline, prompt=3)
    page = admin.get("/admin/usage/")
    assert "Cost by group" in page.content.decode()
    assert [(each.label, each.value) for each in page.context["bars"].rows] == [
        ("Finance", "3.00 USD"),
        ("Sales", "3.00 USD"),
    ]
    assert "counts in each" in page.content.decode()
    file = admin.get("/admin/usage/group.csv").content.decode("utf-8-sig")
    assert [(each["group"], each["cost"]) for each in csv.DictReader(io.StringIO(file))] == [
        ("Finance", "3"),
        ("Sales", "3"),
    ]


def test_without_groups_there_is_no_chart_of_them(admin, person, offline):
    factories.make_attempt(person, offline)
    assert admin.get("/admin/usage/").context["bars"] is None


def test_the_longest_bar_is_as_wide_as_there_is_room():
    drawn = rows("groups", "Cost", [("A", 4), ("B", 1)], str)
    assert [(each.width, each.top) for each in drawn.rows] == [(100.0, 0), (25.0, 36)]
    assert drawn.height == 72
    assert [each.width for each in rows("groups", "Cost", [("A", 0)], str).rows] == [0.0]
