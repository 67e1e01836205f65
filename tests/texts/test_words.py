"""Texts are cut into words that can be compared, whatever their language."""

from conversations.texts.words import asked, fold, telling, terms


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


def test_korean_verbs_lose_their_endings() -> None:
    assert terms("지급하나요") == terms("지급한다") == terms("지급하고") == ["지급"]
    assert terms("불산은요?") == ["불산"]


def test_how_something_is_asked_says_nothing_of_it() -> None:
    assert asked("Combien de temps dure le plan ?") == terms("dure plan")
    assert asked("얼마나 씻어야 하나요?") == terms("씻어야")
    assert terms("le temps de travail") == terms("temps travail")


def test_telling_words_are_counted_as_words() -> None:
    assert telling("설비보전팀은요?") == 1
    assert telling("And in Madrid?") == 1


def test_a_question_of_common_words_alone_keeps_them() -> None:
    assert terms("The Who") == []
    assert asked("The Who?") == ["the", "who"]


def test_a_question_asks_for_each_word_once() -> None:
    assert asked("leave, leaves and leave days") == terms("leave days")


def test_numbers_stay_as_they_are() -> None:
    assert terms("15 days, 2025") == [*terms("15 days"), "2025"]


def test_hangul_stays_composed_when_folded() -> None:
    assert fold("휴가 Été") == "휴가 ete"
