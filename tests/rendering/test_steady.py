"""A text that streams in never shows one thing that turns into another: tables, lists, fences, emphasis, links."""

import pytest
from hypothesis import given, settings

from conversations.rendering import blocks
from conversations.rendering.steady import LONGEST_ROW, lines
from tests.rendering.markdownish import TEXTS

TABLE = "Intro:\n\n| Leave | Length |\n|---|---|\n| Later | 16 weeks |\n"


def pages(text):
    """Every page that is seen while `text` comes character by character."""
    return ["".join(blocks(text[:cut], open=True)) for cut in range(len(text) + 1)]


def test_a_table_is_never_seen_as_text_with_bars():
    for page in pages(TABLE):
        assert "|" not in page


def test_a_first_row_without_a_second_is_text_as_soon_as_that_is_certain():
    assert blocks("a\n\n| b |", open=True) == blocks("a\n\n| b |\n", open=True) == ["<p>a</p>"]
    assert blocks("a\n\n| b |\nc", open=True) == ["<p>a</p>", "<p>| b |\nc</p>"]
    assert blocks("a\n\n| b |") == ["<p>a</p>", "<p>| b |</p>"]


def test_an_endless_first_row_is_shown():
    assert blocks(f"| {'a' * LONGEST_ROW}", open=True) == [f"<p>| {'a' * LONGEST_ROW}</p>"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(end):
    assert blocks(f"a{end}{end}| b |{end}|-", open=True) == ["<p>a</p>"]


@pytest.mark.parametrize(
    ("begun", "seen"),
    [
        ("some **bold te", "<p>some <strong>bold te</strong></p>"),
        ("some **bold*", "<p>some <strong>bold</strong></p>"),
        ("- *it", "<ul><li><em>it</em></li></ul>"),
        ("call `f(**k", "<p>call <code>f(**k</code></p>"),
        ("**call `f", "<p><strong>call <code>f</code></strong></p>"),
        ("这是**重", "<p>这是<strong>重</strong></p>"),
        ("2 * 3, 2*3 ", "<p>2 * 3, 2*3</p>"),
        ("~~old", "<p><del>old</del></p>"),
    ],
)
def test_emphasis_that_has_begun_is_shown_as_if_it_had_ended(begun, seen):
    assert blocks(begun, open=True) == [seen]


@pytest.mark.parametrize("half", ["[hand", "[handbook]", "[handbook](https://a.b/c", "![plan](x", "\\(x^2", "\\"])
def test_half_a_link_or_formula_waits(half):
    assert blocks(f"See the {half}", open=True) == ["<p>See the</p>"]


@pytest.mark.parametrize("marker", ["1", "12.", "*", "- *", "#", "##", "`", "```", "```py", "~~", "- [ ]", "> -"])
def test_half_a_marker_waits(marker):
    assert blocks(f"Intro:\n\n{marker}", open=True) == ["<p>Intro:</p>"]
    assert blocks(f"Intro:\n\n{marker}") != ["<p>Intro:</p>"]


def test_in_code_a_marker_is_a_character():
    assert "x = a ** b[" in blocks("```\nx = a ** b[", open=True)[0]
    assert "| grep `x" in blocks("```\nls\n| sort\n| grep `x", open=True)[0]


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_a_line_that_was_shown_never_goes_again(text):
    for cut in range(len(text)):
        assert lines(text[: cut + 1]).startswith(lines(text[:cut]))
