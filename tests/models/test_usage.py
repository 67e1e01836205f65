"""Usage is summed from the attempts themselves: by day, by person, by deployment."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from conversations.models import Attempt, Purpose, usage
from conversations.models.periods import LABELS, Period, period
from tests import factories

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def deployment(offline):
    factories.make_price(offline, prompt="1000", completion="2000", cached="0")
    return offline


def test_tokens_costs_and_failures_are_summed(person, deployment):
    factories.make_attempt(person, deployment, started=NOON, prompt=1000, cached=400, completion=50)
    factories.make_attempt(person, deployment, started=NOON, prompt=1, completion=0, error="timed_out")
    sums = usage.totals()
    assert (sums.answers, sums.failed) == (2, 1)
    assert (sums.prompt, sums.cached, sums.completion) == (1001, 400, 50)
    assert sums.cost == Decimal("0.701")


def test_a_refused_prompt_is_no_failure(person, deployment):
    factories.make_attempt(person, deployment, error="content_filter")
    assert usage.totals().failed == 0


def test_what_nobody_priced_has_no_cost_and_says_so(person):
    factories.make_attempt(person, factories.make_deployment("free"))
    sums = usage.totals()
    assert (sums.cost, sums.unpriced) == (None, 1)


def test_a_failure_without_tokens_cost_nothing_and_an_answer_without_a_count_something(person, deployment):
    factories.make_attempt(person, deployment, usage={}, error="timed_out")
    factories.make_attempt(person, deployment, usage={})
    assert usage.totals().unpriced == 1


def test_what_still_runs_is_not_counted(person, deployment):
    factories.make_conversation(person, deployment=deployment).ask("Hello?")
    assert Attempt.objects.exists()
    assert usage.totals() == usage.Figures()


def test_a_day_is_that_of_whoever_asks(person, deployment):
    factories.make_attempt(person, deployment, started=datetime(2026, 5, 10, 20, tzinfo=UTC))
    with timezone.override("Asia/Seoul"):
        assert [each.key for each in usage.by(MAY, "day")] == [date(2026, 5, 11)]
    with timezone.override("America/New_York"):
        assert [each.key for each in usage.by(MAY, "day")] == [date(2026, 5, 10)]


def test_a_day_of_25_hours_is_one_day(person, deployment):
    with timezone.override("Europe/Paris"):
        for hour in (22, 0, 22):  # 25 October from 22:00 UTC on, to 23:00 UTC
            day = 24 if hour else 25
            factories.make_attempt(person, deployment, started=datetime(2026, 10, day, hour, 30, tzinfo=UTC))
        factories.make_attempt(person, deployment, started=datetime(2026, 10, 25, 23, 0, tzinfo=UTC))
        lines = usage.by(Period(date(2026, 10, 20), date(2026, 10, 31)), "day")
    assert [(each.key.day, each.figures.answers) for each in lines] == [(25, 3), (26, 1)]


def test_people_and_deployments_have_lines_of_their_own(person, stranger, deployment):
    other = factories.make_deployment("other")
    for owner, used in ((person, deployment), (person, deployment), (stranger, other)):
        factories.make_attempt(owner, used)
    people = {each.label: each.figures.answers for each in usage.by(period("7"), "person")}
    assert people == {"alice": 2, "mallory": 1}
    lines = usage.by(period("7"), "deployment")
    assert [(each.label, each.figures.answers) for each in lines] == [("offline", 2), ("other", 1)]


@pytest.mark.parametrize(("times", "middle"), [([900], 900), ([500, 100, 300], 300), ([4, 1, 3, 2], 2)])
def test_the_median_is_the_middle_one(person, deployment, times, middle):
    for each in times:
        factories.make_attempt(person, deployment, first_token_ms=each)
    factories.make_attempt(person, deployment, first_token_ms=None)
    assert usage.by(period("7"), "deployment")[0].figures.first_token_ms == middle


def test_as_many_queries_however_many_lines(stranger, deployment, django_assert_num_queries):
    for each in range(4):
        factories.make_attempt(factories.make_person(f"p{each}"), factories.make_deployment(f"d{each}"))
    for what, queries in (("day", 3), ("person", 4), ("group", 3), ("deployment", 4), ("purpose", 3)):
        with django_assert_num_queries(queries):
            usage.by(period("7"), what)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7", (3, 8), (3, 14)),
        ("30", (2, 13), (3, 14)),
        ("month", (3, 1), (3, 14)),
        ("last", (2, 1), (2, 28)),
    ],
)
def test_a_period_is_whole_days_up_to_today(monkeypatch, name, first, last):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 14))
    found = period(name)
    assert (found.first, found.last) == (date(2026, *first), date(2026, *last))
    assert len(found.days) == (found.last - found.first).days + 1


def test_a_period_begins_and_ends_at_midnight_where_the_reader_is(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 31))
    with timezone.override("Europe/Paris"):  # clocks change on 29 March
        found = period("month")
        assert (found.begin.utcoffset().total_seconds(), found.end.utcoffset().total_seconds()) == (3600, 7200)
    assert set(LABELS) == {"7", "30", "90", "month", "last"}


def test_other_calls_are_in_tokens_and_cost_and_told_apart(person, deployment):
    factories.make_attempt(person, deployment, started=NOON, prompt=1000, completion=50)
    factories.make_call(person, deployment, started=NOON, prompt_tokens=500)
    factories.make_call(None, deployment, Purpose.INTENT, started=NOON, prompt_tokens=10, completion_tokens=1)
    (day,) = usage.by(MAY, "day")
    assert (day.figures.answers, day.figures.calls) == (1, 2)
    assert (day.figures.prompt, day.figures.other_prompt) == (1510, 510)
    assert (day.figures.completion, day.figures.other_completion) == (51, 1)
    assert (day.figures.cost, day.figures.other_cost) == (Decimal("1.612"), Decimal("0.512"))
    assert [each.figures.prompt for each in usage.by(MAY, "deployment")] == [1510]
    assert {each.key: each.figures.prompt for each in usage.by(MAY, "person")} == {person.pk: 1500, None: 10}
    purposes = {each.key: (each.figures.answers, each.figures.prompt) for each in usage.by(MAY, "purpose")}
    assert purposes == {"answer": (1, 1000), "embedding": (0, 500), "intent": (0, 10)}


def test_what_was_spent_outlives_who_asked(person, deployment):
    factories.make_call(person, deployment, started=NOON, prompt_tokens=5)
    person.delete()
    assert [(each.key, each.figures.prompt) for each in usage.by(MAY, "person")] == [(None, 5)]


def test_a_period_before_everything_is_empty(deployment):
    assert usage.by(MAY, "person") == []
