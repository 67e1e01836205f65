"""Texts are cut into words that can be compared, whatever their language."""

from conversations.texts.words import asked, fold, terms


def test_case_accents_and_endings_make_no_difference() -> None:
    assert terms("Employees’ CONGÉS payés") == terms("employee congé payé")
    assert terms("Kündigungsfristen der Verträge") == terms("Kundigungsfrist Vertrag")
    assert terms("studies policies") == terms("study policy")


def test_words_that_say_nothing_are_dropped() -> None:
    assert terms("What is the notice period?") == terms("notice period")
    assert terms("Quel est le préavis ?") == terms("préavis")
    assert terms("Wie lautet die Frist?") == terms("Frist")
    assert terms("휴가는 무엇입니까?") == ["휴가"]


def test_korean_words_lose_their_particles_and_become_pairs() -> None:
    assert terms("연차휴가를") == terms("연차휴가는") == ["연차", "차휴", "휴가"]
    assert terms("日本語") == ["日本", "本語"]


def test_a_question_of_common_words_alone_keeps_them() -> None:
    assert terms("The Who") == []
    assert asked("The Who?") == ["the", "who"]


def test_a_question_asks_for_each_word_once() -> None:
    assert asked("leave, leaves and leave days") == terms("leave days")


def test_numbers_stay_as_they_are() -> None:
    assert terms("15 days, 2025") == [*terms("15 days"), "2025"]


def test_hangul_stays_composed_when_folded() -> None:
    assert fold("휴가 Été") == "휴가 ete"
