"""Texts are cut into sentences, with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.texts.sentences import sentences


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith, e.g. on p. 3, agrees.", "He left at 5 p.m. on Monday."],
        ["Die Frist beträgt z. B. drei Monate.", "Sie endet am 3. Mai.", "Danach nicht!"],
        ["M. Dupont part lundi.", "« Vraiment ? »", "Oui."],
        ["연차는 15일입니다.", "신청은 일주일 전에 합니다."],
        ["It costs 3.5 million.", "“Too much.”", "Was it?"],
        ["- first item", "- second item", "A paragraph"],
    ],
)
def test_sentences_end_where_people_end_them(expected: list[str]) -> None:
    text = "\n".join(expected) if expected[0].startswith("-") else " ".join(expected)
    text = text.replace("item\nA", "item\n\nA")
    assert [each.text for each in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Overtime\nOvertime is paid at 1.5 times the rate. It is agreed before.",
            ["Overtime", "Overtime is paid at 1.5 times the rate.", "It is agreed before."],
        ),
        (
            "휴게\n점심시간은 60분이며 오전과 오후에 10분씩 휴식한다.",
            ["휴게", "점심시간은 60분이며 오전과 오후에 10분씩 휴식한다."],
        ),
        ("• first item\n• second item\nA paragraph.", ["• first item", "• second item", "A paragraph."]),
        ("• first item\n  Going on\n• second", ["• first item\n  Going on", "• second"]),
        (
            "Whoever is ill calls the office of the\nManager before the shift begins, and\nSends a certificate.",
            ["Whoever is ill calls the office of the\nManager before the shift begins, and\nSends a certificate."],
        ),
    ],
)
def test_a_line_ends_a_sentence_where_it_was_ended_on_purpose(text: str, expected: list[str]) -> None:
    assert [each.text for each in sentences(text)] == expected


def test_chinese_and_japanese_need_no_space() -> None:
    assert [each.text for each in sentences("休暇は十五日です。申請は一週間前。")] == [
        "休暇は十五日です。",
        "申請は一週間前。",
    ]


def test_what_never_ends_is_cut_at_a_space() -> None:
    assert all(len(each.text) <= 600 for each in sentences("word " * 1000))


@given(st.text(st.sampled_from("ab. \n!?。-*3"), max_size=80))
def test_nothing_but_space_is_lost(text: str) -> None:
    found = sentences(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert "".join("".join(each.text.split()) for each in found) == "".join(text.split())
