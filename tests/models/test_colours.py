"""Whatever colour a company takes, what is written in it and on it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from conversations.models import colours
from conversations.models.colours import BLACK, DARK, ENOUGH, LIGHT, WHITE, contrast, shades, worst

ANY = some.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.005)
    assert contrast(WHITE, WHITE) == 1


@given(ANY)
def test_every_shade_is_readable_in_light_and_dark(accent):
    steps = shades(accent)
    for at, papers in ((0, LIGHT), (1, DARK)):
        grounds = (*papers, steps["1"][at], steps["2"][at])
        for text in (steps["5"][at], steps["6"][at]):
            assert worst(text, grounds) >= ENOUGH, (text, grounds)


def test_a_colour_that_is_readable_is_kept():
    assert shades("#0a6874")["5"][0] == "#0a6874"


@pytest.mark.parametrize("text", ["", "#fff", "0a6874", "#0a687", "#0a68741", "red", "#0A6874", "#0a6874\n", "#gggggg"])
def test_what_is_no_colour(text):
    assert not colours.is_colour(text)
