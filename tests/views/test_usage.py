"""The page of usage: who may see it, which days it shows, and files that no spreadsheet calculates."""

import csv
import io
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from conversations.admin.charts import HEIGHT, columns
from conversations.admin.usage import plain
from tests import factories

PAGE = "/admin/usage/"


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_only_who_may_see_usage_sees_it(person, transactional_db):
    staff = factories.make_person("stan", is_staff=True)
    client = factories.browser_of(staff)
    for address in (PAGE, f"{PAGE}person.csv"):
        assert client.get(address).status_code == 403
        assert factories.browser_of(person).get(address).status_code == 302
    staff.user_permissions.add(Permission.objects.get(codename="view_usage"))
    assert client.get(PAGE).status_code == 200
    assert "Usage" in client.get("/admin/").content.decode()


def test_the_period_is_chosen(admin, person, offline):
    factories.make_attempt(person, offline)
    factories.make_attempt(person, offline, started=timezone.now() - timedelta(days=20))
    answers = [int(rows(admin.get(f"{PAGE}deployment.csv?period={name}"))[0]["answers"]) for name in ("7", "30")]
    assert answers == [1, 2]
    assert admin.get(f"{PAGE}?period=7").context["totals"][0] == ("Answers", "1")
    assert admin.get(f"{PAGE}?period=1000").status_code == 404
    assert admin.get(f"{PAGE}secrets.csv").status_code == 404


def test_what_nobody_priced_is_said_and_never_zero(admin, person, offline):
    factories.make_attempt(person, offline)
    response = admin.get(PAGE)
    assert response.context["totals"][-1] == ("Cost", "–")
    assert "The cost of 1 answer is not known" in response.content.decode()
    assert rows(admin.get(f"{PAGE}person.csv"))[0]["cost"] == ""
    factories.make_price(offline, prompt="1000000", completion="0")
    factories.make_attempt(person, offline, prompt=3)
    assert admin.get(PAGE).context["totals"][-1] == ("Cost", "3.00 USD")
    assert rows(admin.get(f"{PAGE}person.csv"))[0]["cost"] == "3"


def test_files_tell_other_calls_from_answers(admin, person, offline):
    factories.make_price(offline, prompt="1000000", completion="0")
    factories.make_attempt(person, offline, prompt=3)
    factories.make_call(person, offline, prompt_tokens=2)
    for what in ("day", "person", "deployment"):
        (row,) = rows(admin.get(f"{PAGE}{what}.csv"))
        assert (row["answers"], row["prompt_tokens"], row["cost"]) == ("1", "5", "5")
        assert (row["other_calls"], row["other_prompt_tokens"], row["other_cost"]) == ("1", "2", "2")
    purposes = {row["key"]: row["prompt_tokens"] for row in rows(admin.get(f"{PAGE}purpose.csv"))}
    assert purposes == {"answer": "3", "embedding": "2"}
    assert "By purpose" in admin.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_a_name_is_no_formula(admin, offline, name):
    factories.make_attempt(factories.make_person("formula", first_name=name), offline)
    assert rows(admin.get(f"{PAGE}person.csv"))[0]["person"].startswith("'")
    assert [plain(each) for each in ("  =1", "\tx", "Ana = Bo")] == ["'  =1", "'\tx", "Ana = Bo"]


def test_every_day_has_its_row_and_charts_say_in_words_what_they_show(admin, person, offline):
    factories.make_attempt(person, offline, error="timed_out")
    response = admin.get(f"{PAGE}?period=7")
    assert len(response.context["days"]) == 7
    page = response.content.decode()
    assert 'role="img" aria-labelledby="answers-title answers-summary"' in page
    assert "1 in all; most on" in page
    assert "style=" not in page


@pytest.mark.parametrize("count", [7, 21, 28, 30, 31, 90])
def test_labels_of_days_stand_side_by_side_on_a_telephone(count):
    days = [date(2026, 9, 30) - timedelta(days=each) for each in range(count)][::-1]
    ticks = columns("x", "X", days, {("a", "A"): [1] * count}, summary="", label=str).ticks
    room, label = 3.58, 80  # pixels of a percent; of the longest, “September 30”
    starts = [x * room - (label if anchor == "end" else label / 2) for x, _, anchor in ticks]
    assert all(after - before >= label for before, after in pairwise(starts))
    assert starts[-1] + label <= 100 * room + 5


def test_columns_stand_on_each_other_and_reach_no_higher_than_the_plot():
    today = timezone.localdate()
    days = [today - timedelta(days=each) for each in range(3)]
    series = {("good", "Good"): [3, 0, 70], ("bad", "Bad"): [1, 0, 30]}
    chart = columns("x", "X", days, series, summary="", label=str)
    first, second = chart.bars[:2]
    assert first.y == pytest.approx(second.y + second.height)
    assert len(chart.bars) == 4
    assert chart.bars[2].height + chart.bars[3].height == pytest.approx(HEIGHT)
    assert [label for _, label in chart.rules] == ["0.0", "50.0", "100.0"]


def test_nothing_asked_is_a_page_too(admin):
    response = admin.get(PAGE)
    assert response.status_code == 200
    assert response.context["totals"][0] == ("Answers", "0")


def test_the_page_costs_as_many_queries_however_many_asked(admin, offline, django_assert_max_num_queries):
    for each in range(5):
        factories.make_attempt(factories.make_person(f"p{each}"), factories.make_deployment(f"d{each}"))
    with django_assert_max_num_queries(22):
        assert admin.get(PAGE).status_code == 200


def test_people_see_their_own_month(browser, person, stranger, offline):
    factories.make_price(offline, prompt="1000000", completion="0")
    factories.make_attempt(person, offline, prompt=2)
    factories.make_attempt(stranger, offline, prompt=5)
    factories.make_attempt(person, offline, prompt=9, started=timezone.now() - timedelta(days=40))
    month = dict(browser.get("/account/").context["month"])
    assert month == {"Answers": "1", "Tokens in": "2", "Tokens out": "10", "Cost": "2.00 USD"}


def test_a_month_without_prices_shows_no_cost(browser, person, offline):
    factories.make_attempt(person, offline)
    assert "Cost" not in dict(browser.get("/account/").context["month"])


def test_people_see_their_budgets_and_what_each_deployment_cost(browser, person, stranger, offline):
    other = factories.make_deployment("other")
    factories.make_price(offline, prompt="1000000", completion="0")
    factories.make_attempt(person, offline, prompt=2)
    factories.make_attempt(person, other, prompt=5, completion=1)
    factories.make_attempt(stranger, offline, prompt=6)
    factories.make_budget(hard=8)
    factories.make_budget(hard=16, together=True)
    page = browser.get("/account/")
    assert sorted(page.context["asked"]) == [("offline", "2.00 USD"), ("other", "6 tokens")]
    assert page.context["budgets"] == [
        ("The company's budget", "50 % of 16.00 USD"),
        ("Your budget", "2.00 USD of 8.00 USD (25 %)"),
    ]
    assert "8.00 USD (25 %)" in page.content.decode()


def test_a_month_goes_on_counting_what_was_deleted(browser, person, offline):
    factories.make_attempt(person, offline, prompt=2).message.conversation.delete()
    assert dict(browser.get("/account/").context["month"])["Tokens in"] == "2"
