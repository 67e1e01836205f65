"""What was spent outlives who and what it was spent on."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from conversations.models import ApiKey, Attempt, Call, Conversation, Purpose, Spent, keep, usage
from conversations.models.periods import period
from conversations.models.spent import month_ends, month_of
from tests import factories


@pytest.fixture
def deployment(offline):
    factories.make_price(offline, prompt="1000", completion="2000", cached="0")
    return offline


def purge():
    Conversation.objects.update(deleted=timezone.now() - timedelta(hours=2))
    while Conversation.objects.all().purge():
        pass


def figures(what="deployment"):
    return [(each.key, each.label, each.figures) for each in usage.by(period("7"), what)]


def spent(person):
    return [(each.tokens, each.cost) for each in Spent.objects.filter(person=person.pk)]


def test_usage_is_the_same_after_everything_was_deleted(person, deployment):
    factories.make_attempt(person, deployment, cached=40, first_token_ms=None)
    factories.make_attempt(person, deployment, usage={}, error="timed_out", first_token_ms=None)
    factories.make_attempt(person, deployment, usage={}, error="content_filter", first_token_ms=None)
    factories.make_attempt(person, factories.make_deployment("free"), first_token_ms=None)
    before = {what: figures(what) for what in usage.KEYS}
    purge()
    assert not Attempt.objects.exists()
    after = {what: figures(what) for what in usage.KEYS}
    assert after == before
    assert {each.purpose for each in Call.objects.all()} == {Purpose.ANSWER}


def test_what_is_kept_is_when_who_and_by_which_key(person, deployment):
    key = ApiKey.objects.create(owner=person, name="Report", hash="1")
    began = timezone.now() - timedelta(days=3)
    attempt = factories.make_attempt(person, deployment, started=began)
    Attempt.objects.update(key=key)
    attempt.message.conversation.delete()
    call = Call.objects.get()
    assert (call.person, call.key, call.deployment, call.started) == (person, key, deployment, began)
    assert (call.prompt, call.completion, call.cost) == (100, 10, Decimal("0.12"))


def test_what_still_runs_leaves_nothing(person, deployment):
    factories.make_conversation(person, deployment=deployment).ask("Hello?")
    purge()
    assert not Call.objects.exists()


def test_a_conversation_costs_as_many_statements_however_long(person, deployment):
    conversation = factories.make_conversation(person, deployment=deployment)

    def statements(turns):
        for _ in range(turns):
            turn = factories.make_turn(conversation)
            turn.answer.attempts.get().record(usage={"prompt_tokens": 1}, duration_ms=1)
        seen = []
        with connection.execute_wrapper(lambda go, sql, *rest: (seen.append(sql), go(sql, *rest))[1]):
            keep(conversation)
        return len(seen)

    assert statements(1) == statements(30) <= 3  # SQLite says BEGIN, too


def test_a_deleted_persons_figures_stay_without_them(person, stranger, deployment):
    factories.make_attempt(person, deployment)
    factories.make_call(person, deployment, prompt_tokens=5)
    factories.make_attempt(stranger, deployment)
    number, before = person.pk, usage.totals()
    person.delete()
    assert not Spent.objects.filter(person=number).exists()
    assert Spent.objects.get(person=0).tokens == 115
    assert [each[0] for each in figures("person")] in ([None, stranger.pk], [stranger.pk, None])
    assert usage.totals() == before


def test_the_months_sum_is_what_usage_adds_up_to(person, deployment):
    factories.make_attempt(person, deployment)
    factories.make_call(person, deployment, prompt_tokens=1000)
    sums = usage.totals()
    assert spent(person) == [(sums.prompt + sums.completion, sums.cost)]


def test_an_answer_that_is_recorded_again_counts_once(person, deployment):
    attempt = factories.make_attempt(person, deployment)
    attempt.record(usage={"prompt_tokens": 300})
    assert spent(person) == [(300, Decimal("0.3"))]


def test_deleting_gives_nothing_back(person, deployment):
    factories.make_attempt(person, deployment)
    before = spent(person)
    purge()
    assert spent(person) == before == [(110, Decimal("0.12"))]


def test_a_new_price_leaves_what_was_spent(person, deployment):
    factories.make_attempt(person, deployment)
    factories.make_price(deployment, since=date.today(), prompt="9000")
    assert spent(person) == [(110, Decimal("0.12"))]
    factories.make_attempt(person, deployment, completion=0)
    assert spent(person) == [(210, Decimal("1.02"))]


@pytest.mark.parametrize(
    ("moment", "month", "ends"),
    [
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), date(2026, 11, 1), datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime.fromisoformat("2026-12-01T08:30+09:00"), date(2026, 11, 1), datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_month_is_one_of_utc(moment, month, ends):
    assert (month_of(moment), month_ends(moment)) == (month, ends)


def test_sums_of_one_instant_are_all_counted(person):
    def add():
        try:
            Spent.add(timezone.now(), 1, Decimal("0.5"), person=person.pk, key=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert spent(person) == [(8, Decimal(4))]


def test_who_is_in_two_groups_counts_in_each(person, stranger, deployment):
    finance, sales = Group.objects.create(name="Finance"), Group.objects.create(name="Sales")
    person.groups.set([finance, sales])
    for each in (person, stranger):
        factories.make_attempt(each, deployment)
    factories.make_call(person, deployment, prompt_tokens=1)
    lines = {each[1]: (each[2].answers, each[2].calls, each[2].prompt) for each in figures("group")}
    assert lines == {"Finance": (1, 1, 101), "Sales": (1, 1, 101), "": (1, 0, 100)}
