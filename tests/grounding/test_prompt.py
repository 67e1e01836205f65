"""Documents in the prompt keep to their budget, the best first, with their neighbours where there is room."""

from conversations.grounding.prompt import FRAME, fit
from conversations.retrieval import Hit

WORDS = "One two three four. Five six seven eight. "
LONG = WORDS * 25  # 200 words


def count(text: str) -> int:
    return len(text.split())


def test_what_does_not_fit_is_left_out_and_the_first_of_it_cut_after_a_sentence() -> None:
    given = fit([Hit(LONG, 0), Hit(LONG, 0), Hit("Short.", 0)], 200 + FRAME + 102 + FRAME, count)
    assert [count(each.content) for each in given] == [200, 100]
    assert given[1].content.endswith("three four.")
    assert [each.number for each in given] == [1, 2]


def test_a_piece_that_is_too_small_to_say_anything_is_not_given() -> None:
    assert len(fit([Hit(LONG, 0), Hit(LONG, 0)], 200 + FRAME + 30 + FRAME, count)) == 1
    assert fit([Hit(LONG, 0)], 10, count) == []


def test_neighbours_come_with_a_passage_while_there_is_room() -> None:
    hits = [Hit("Middle.", 0, around="Before. Middle. After."), Hit("Other.", 0, around=f"{LONG} Other.")]
    assert [each.content for each in fit(hits, 200, count)] == ["Before. Middle. After.", "Other."]
    assert [each.content for each in fit(hits, 2 * FRAME + 3, count)] == ["Middle.", "Other."]


def test_neighbours_that_are_documents_themselves_are_not_given_twice() -> None:
    hits = [Hit("First.", 0, around="First. Second."), Hit("Second.", 0, around="First. Second. Third.")]
    assert [each.content for each in fit(hits, 1000, count)] == ["First.", "Second."]
