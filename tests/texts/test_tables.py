"""Rows of a Markdown table know their head and their place."""

import pytest

from conversations.texts.tables import rows

TEXT = """Costs.
| City | Up to |
| --- | ---: |
| Paris \\| centre | 180 |
| Rome |  |
After.
| A |
| b |"""


def test_a_row_has_its_head_and_stands_where_it_says() -> None:
    head, paris, rome, *others = rows(TEXT)
    assert head.head == ()
    assert paris.pairs() == [("City", "Paris | centre"), ("Up to", "180")]
    assert rome.pairs() == [("City", "Rome")]
    assert TEXT[paris.start : paris.end] == "| Paris \\| centre | 180 |"
    assert TEXT[paris.cells[1].start : paris.cells[1].end] == "180"
    assert [each.table == head.start for each in (paris, rome, *others)] == [True, True, False, False]
    assert others[1].pairs() == [("A", "b")]


def test_the_head_that_a_passage_repeats_is_no_row() -> None:
    *_, again, last = rows("| A |\n| --- |\n| 1 |\n| A |\n| --- |\n| 2 |")
    assert (again.head, last.head) == ((), ("A",))


def test_what_is_no_table_has_no_rows() -> None:
    assert rows("a | b\n| --- |\n|open\n") == []


def test_a_row_with_more_cells_than_its_head_keeps_them() -> None:
    assert rows("| A |\n| --- |\n| 1 | 2 |")[1].pairs() == [("A", "1"), ("", "2")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("| a | b |", ["a", "b"]),
        ("|a|\tb c \t|  ", ["a", "b c"]),
        ("|  || x |", ["", "", "x"]),
        (r"| a \| b | \|c |", ["a | b", "|c"]),
        (r"| a \\| b |", [r"a \\", "b"]),
        (r"| a \n | b |", [r"a \n", "b"]),
        (r"| a | b \|", ["a"]),
        (r"| a \|", []),
    ],
)
def test_cells_are_what_stands_between_bars_that_no_backslash_is_before(line: str, cells: list[str]) -> None:
    (row,) = rows(line)
    assert [each.text for each in row.cells] == cells
    assert [line[each.start : each.end].replace("\\|", "|") for each in row.cells] == cells


@pytest.mark.parametrize("filling", [" ", "\t", " \t", "\\ ", "\\\\", "a ", "| ", "\\|"])
def test_a_row_of_any_length_is_read_once(filling: str) -> None:
    """Read again and again, a row like these would hold up every other thread until the suite is given up."""
    text = "| A |\n| --- |\n|" + filling * (200_000 // len(filling))
    assert len(rows(text + "\\|")) == 2
    assert len(rows(text + "|")) == 2
