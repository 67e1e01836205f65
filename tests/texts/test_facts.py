"""Numbers and dates are the same fact however they are written."""

import pytest

from conversations.texts.facts import names, numbers


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("two weeks", "14 days"),
        ("10 000", "10,000"),
        ("10.000", "10 000"),
        ("2,5 %", "2.5 percent"),
        ("3 May 2025", "2025-05-03"),
        ("May 3, 2025", "le 3 mai 2025"),
        ("3. Mai 2025", "03.05.2025"),
        ("2025년 5월 3일", "2025-05-03"),
        ("$1.5 million", "1,500,000"),
        ("twenty-five days", "25 jours"),
        ("three hundred", "300"),
        ("1 year", "12 months"),
        ("15일", "15 Tage"),
        ("6½", "6.5"),
        ("in 2025", "on 3 May 2025"),
    ],
)
def test_the_same_fact(one: str, two: str) -> None:
    [first], [second] = numbers(one), numbers(two)
    assert first.said_by(second)


@pytest.mark.parametrize(
    ("one", "two"), [("14 weeks", "14 days"), ("3 May 2025", "4 May 2025"), ("3 May 2025", "2025"), ("1.5", "15")]
)
def test_another_fact(one: str, two: str) -> None:
    [first], [second] = numbers(one), numbers(two)
    assert not first.said_by(second)


def test_an_article_is_no_number() -> None:
    assert numbers("one of the best, une idée, ein Haus") == []


def test_names_are_capitals_that_begin_no_sentence() -> None:
    assert names("The driver asks Miller at SAP. He waits.") == {"mill", "sap"}
    assert names("Der Urlaub ist bei SAP", german=True) == {"sap"}
