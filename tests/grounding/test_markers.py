"""Citation markers: every spelling is understood, none is invented, none becomes a link, and cuts change nothing."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conversations.grounding.markers import Markers, filtered, stripped


def cited(text: str) -> list[int]:
    markers = Markers(10_000)
    markers.add(text)
    markers.end()
    return markers.cited


PIECES = [
    "[doc1]", "[doc2]", "[doc3]", "[doc9]", "[doc99]", "[doc0]", "[1]", "[7]", "[2024]", "[doc 1]", "【doc1】",
    "【2†source】", "[doc1, doc3]", "[doc1-doc3]", "\\[doc9\\]", "[DOC2]", "[ doc2 ]", "[doc", "[do", "[", "]", "(",
    ")", "(http://x.test)", ": http://x.test", "!", "`", "``", "```", "~~~", "\n", "\n\n", "> ", "- ", "    ", " ",
    "word", "x", ".", "\\", "The documents do not mention it", "1", "é", "휴가",
]  # fmt: skip
ANSWERS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def cut(text: str, cuts: list[int], count: int = 3) -> str:
    markers, places = Markers(count), sorted({min(each, len(text)) for each in cuts})
    edges = [0, *places, len(text)]
    return "".join(markers.add(text[a:b]) for a, b in zip(edges, edges[1:], strict=False)) + markers.end()


@given(ANSWERS, st.lists(st.integers(0, 120), max_size=8))
def test_any_cuts_give_the_same_answer(text: str, cuts: list[int]) -> None:
    assert cut(text, cuts) == filtered(text, 3)


@given(ANSWERS)
def test_letter_by_letter_gives_the_same_answer(text: str) -> None:
    assert cut(text, list(range(len(text)))) == filtered(text, 3)


@given(ANSWERS.filter(lambda text: "`" not in text and "~" not in text))
def test_no_marker_of_a_document_that_was_not_given_comes_out(text: str) -> None:
    found = filtered(text, 3)
    assert {int(each) for each in re.findall(r"\[\s*doc\s*(\d+)\s*\]", found, re.IGNORECASE)} <= {1, 2, 3}


@given(ANSWERS.filter(lambda text: "[1]" not in text and "【2" not in text))
def test_the_stored_text_cites_what_the_answer_cited(text: str) -> None:
    markers = Markers(3)
    stored = markers.add(text) + markers.end()
    assert cited(stored) == markers.cited


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("25 days [doc1].", "25 days [doc1]."),
        ("25 days [doc 1].", "25 days [doc1]."),
        ("25 days[1].", "25 days[doc1]."),
        ("25 days【doc1】", "25 days[doc1]"),
        ("25 days【2†source】.", "25 days[doc2]."),
        ("25 days [doc1, doc3]", "25 days [doc1][doc3]"),
        ("25 days [doc1 and 3]", "25 days [doc1][doc3]"),
        ("25 days [1, 2]", "25 days [doc1][doc2]"),
        ("25 days [doc1-doc3]", "25 days [doc1][doc2][doc3]"),
        ("25 days [Document 2]", "25 days [doc2]"),
        ("25 days [doc1][doc1] [doc1].", "25 days [doc1]."),
        ("25 days [doc7].", "25 days."),
        ("25 days [doc1, doc7].", "25 days [doc1]."),
        ("25 days \\[doc7\\].", "25 days."),
        ("25 days [7].", "25 days."),
        ("[doc7] 25 days", "25 days"),
        ("since [2024]", "since [2024]"),
        ("the element x[1] and `list[1]`", "the element x[1] and `list[1]`"),
        ("\\[1\\]", "\\[1\\]"),
        ("[1](https://x.test) and [1]: x", "[1](https://x.test) and [1]: x"),
        ("`[doc1]` and ``a ` [doc9]``", "`[doc1]` and ``a ` [doc9]``"),
        ("a ` b [doc9]", "a ` b"),
        ("```\na[1] [doc9]\n```\n[doc9] b [1]", "```\na[1] [doc9]\n```\nb [doc1]"),
        ("[doc9]```a [doc1]", "\\`\\`\\`a [doc1]"),
        ("25 days [doc", "25 days"),
        ("25 days [doc1", "25 days"),
        ("25 days [doc1, doc", "25 days"),
        ("see [documents of the", "see [documents of the"),
        ("```[doc1][doc`", "```[doc1] [doc`"),
        ("see [the rules", "see [the rules"),
        ("see [docs](x)", "see [docs](x)"),
    ],
)
def test_spellings(said: str, stored: str) -> None:
    assert filtered(said, 3).strip() == stored
    assert cut(said, list(range(len(said)))).strip() == stored


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("[doc1](http://evil.test)", "[doc1] (http://evil.test)"),
        ("![doc1](http://evil.test)", "![doc1] (http://evil.test)"),
        ("[doc1][evil]\n\n[evil]: http://evil.test", "[doc1] [evil]\n\n[evil]: http://evil.test"),
        ("[doc1][doc2]\n\n[doc2]: http://evil.test", "[doc1][doc2]\n\n[doc2] : http://evil.test"),
        ("> [ DOC2 ]: http://evil.test", "> [doc2] : http://evil.test"),
        ("[see [doc1]](http://evil.test)", "[see [doc1]] (http://evil.test)"),
        ("[see][doc9](http://evil.test)", "[see] (http://evil.test)"),
        ("![doc9][x](http://evil.test)", "! [x](http://evil.test)"),
    ],
)
def test_no_marker_becomes_a_link(said: str, stored: str) -> None:
    assert filtered(said, 3) == stored


def test_a_list_that_is_too_long_to_be_a_marker_is_the_same_in_any_cuts() -> None:
    text = f"25 days [{'doc1, ' * 20}doc2]."
    assert cut(text, list(range(len(text)))) == filtered(text, 3) == text


def test_documents_are_cited_in_the_order_of_their_first_mention() -> None:
    assert cited("b [doc3], a [doc1][doc3]. `[doc2]`") == [3, 1]


@pytest.mark.parametrize(
    ("begun", "rest", "added"),
    [
        ("A:\n\n```py\nb = a", "[1] + [doc1]\n```\nSo [1].", "[1] + [doc1]\n```\nSo [doc1]."),
        ("See:\n\n```py", "thon\na [1]\n```\n", "thon\na [1]\n```\n"),
        ("See `a ", "[1]` and [1]", "[1]` and [doc1]"),
        ("See `a [1", "]` and [1]", "]` and [doc1]"),
        ("It is so ", "[1].", "[doc1]."),
        ("It is so [doc1]", "[1] (see below).", " (see below)."),
        ("It is so [doc1]", "(http://x.test).", " (http://x.test)."),
        ("In `a", " [doc9] b.\nSo [1].", " b.\nSo [doc1]."),
        ("It is 1", " metre [1].", " metre [doc1]."),
        ("It is so ", "[doc9] here", " here"),
    ],
)
def test_an_answer_that_goes_on_is_read_from_its_beginning(begun: str, rest: str, added: str) -> None:
    markers = Markers(3, begun)
    assert markers.add(rest) + markers.end() == added


@given(ANSWERS, st.integers(0, 60))
def test_an_answer_that_was_cut_off_anywhere_goes_on_as_it_would_have(text: str, at: int) -> None:
    markers = Markers(3)
    begun = markers.add(text[:at])
    stored = begun + markers.add(text[at:]) + markers.end()
    assume(filtered(stored, 3) == stored)
    again = Markers(3, begun)
    assert begun + again.add(stored[len(begun) :]) + again.end() == stored


def test_an_answer_that_does_not_know_cites_nothing() -> None:
    markers = Markers(3)
    said = markers.add("[doc0] I could not find it. See [doc1].") + markers.end()
    assert said == "I could not find it. See."
    assert markers.unknown


@pytest.mark.parametrize(
    "sentence",
    [
        "The documents do not mention the price [doc1][doc2].",
        "I could not find the price in the documents. [doc1]",
        "Les documents ne mentionnent pas le prix [doc1].",
        "In den Dokumenten steht dazu nichts [doc1].",
        "제공된 문서에서 가격을 찾을 수 없습니다 [doc1].",
        "There is no information about the price in the provided sources [doc1].",
    ],
)
def test_a_sentence_that_does_not_know_cites_nothing(sentence: str) -> None:
    assert cited(f"Leave is 25 days [doc3]. {sentence}") == [3]


@pytest.mark.parametrize(
    "sentence",
    [
        "The policy does not provide information to third parties [doc1].",
        "No document is needed for three days of sick leave [doc1].",
        "Employees do not need a certificate [doc1].",
        "L’employé ne doit pas fournir de certificat [doc1].",
        "Ohne Nachweis wird nichts bezahlt [doc1].",
        "회사는 수당을 지급하지 않습니다 [doc1].",
    ],
)
def test_a_sentence_that_only_denies_keeps_its_citation(sentence: str) -> None:
    assert cited(sentence) == [1]


@given(ANSWERS)
def test_what_is_not_read_for_markers_has_none(text: str) -> None:
    assert stripped(text) == filtered(text, 0)


def test_an_earlier_answer_loses_its_markers() -> None:
    assert stripped("25 days [doc1][doc2]. `[doc1]` since [1] year") == "25 days. `[doc1]` since [1] year"
