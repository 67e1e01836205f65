"""An answer is charged once, by the price of its own day; what nobody knows costs nothing to nobody."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from conversations.models import Price
from tests import factories

USAGE = {"prompt_tokens": 2_000_000, "completion_tokens": 100_000, "prompt_tokens_details": {"cached_tokens": 500_000}}
DAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


def test_cached_tokens_have_their_own_price(offline):
    assert factories.make_price(offline).of(USAGE) == Decimal("1.5") * 2 + Decimal("0.25") + Decimal(1)


def test_without_one_they_cost_as_much_as_the_others(offline):
    assert factories.make_price(offline, cached=None).of(USAGE) == Decimal(4) + Decimal(1)


def test_the_price_of_its_own_day_counts(offline):
    factories.make_price(offline, completion="10")
    factories.make_price(offline, since=date(2026, 5, 10), completion="20")
    usage = {"completion_tokens": 1_000_000}
    assert Price.objects.cost(offline.pk, datetime(2026, 5, 9, 23, 59, tzinfo=UTC), usage) == 10
    assert Price.objects.cost(offline.pk, datetime(2026, 5, 10, tzinfo=UTC), usage) == 20


@pytest.mark.parametrize("usage", [{}, USAGE])
def test_before_its_first_price_nobody_knows(offline, usage):
    factories.make_price(offline, since=date(2026, 6, 1))
    assert Price.objects.cost(offline.pk, DAY, usage) is None
    assert Price.objects.cost(None, DAY, usage) is None


def test_nonsense_from_upstream_costs_nothing(offline):
    odd = {"prompt_tokens": None, "completion_tokens": -5, "prompt_tokens_details": []}
    assert factories.make_price(offline).of(odd) == 0
