"""Passages of several queries and stores become one list, the best first."""

from conversations.completions.data_sources import Parameters
from conversations.grounding.intent import HALF, Query
from conversations.grounding.judge import Candidate, judge
from conversations.grounding.search import Result
from conversations.retrieval import Hit
from conversations.retrieval.signals import Calibration

LEAVE = Hit("Employees have 25 days of annual leave.", 3.0, title="Annual leave")
BADGES = Hit("Badges are worn visibly by all visitors.", 3.0, title="Badges")


def judged(*results: Result, **parameters: int) -> list[Candidate]:
    return judge(results, [Parameters(**{"strictness": 1, **parameters})])


def titles(found: list[Candidate]) -> list[str | None]:
    return [each.hit.title for each in found]


def test_what_the_question_before_found_comes_after_what_this_one_did() -> None:
    now, before = Result(0, Query("badges visitors"), [BADGES]), Result(0, Query("annual leave", HALF), [LEAVE])
    assert titles(judged(before, now)) == ["Badges", "Annual leave"]
    full = Result(0, Query("annual leave"), [LEAVE])
    assert titles(judged(full, Result(0, Query("badges visitors", HALF), [BADGES]))) == ["Annual leave", "Badges"]


def test_a_stores_own_reranker_decides_its_order_if_it_judged_all() -> None:
    first = Hit("Annual leave for employees lasts 25 days.", 1.0, title="a", rerank_score=3.9)
    second = Hit("Annual leave of employees is 25 days long.", 9.0, title="b", rerank_score=0.4)
    query = Query("annual leave employees")
    assert titles(judged(Result(0, query, [second, first]))) == ["a", "b"]
    unjudged = Hit(first.content, first.score, title="a")
    assert titles(judged(Result(0, query, [second, unjudged]))) == ["b", "a"]


def test_a_calibration_that_was_learnt_with_vectors_says_nothing_of_words() -> None:
    never = Calibration(0, 1, 1, (1.1,) * 5, vectors=True)
    [found] = judged(Result(0, Query("annual leave"), [LEAVE], None, never))
    assert not found.reason


def test_the_cut_takes_the_largest_of_the_sources_wishes() -> None:
    hits = [Hit(f"Annual leave rule for {name} staff.", 1.0, title=name) for name in ("sales", "legal", "travel")]
    results = [Result(0, Query("annual leave rule"), hits[:2]), Result(1, Query("annual leave rule"), hits[2:])]
    parameters = [Parameters(top_n_documents=1, strictness=1), Parameters(top_n_documents=2, strictness=1)]
    assert [each.reason for each in judge(results, parameters)] == ["", "", "rerank"]


def test_each_source_has_its_own_strictness() -> None:
    known = Calibration(-1, 2, 0, (0.3, 0.4, 0.5, 0.6, 0.7))
    weak = [Hit("Leave of absence.", 1.0, title="a"), Hit("Sick leave rules.", 1.0, title="b")]
    results = [Result(at, Query("annual leave abroad"), weak[at : at + 1], None, known) for at in (0, 1)]
    found = judge(results, [Parameters(strictness=1), Parameters(strictness=5)])
    assert [(each.source, each.reason) for each in found] == [(0, ""), (1, "score")]


def test_the_conversations_own_file_comes_before_what_is_hardly_better() -> None:
    rule = "Employees of grade {} have {} days of annual leave a year."
    known = Calibration(-1, 2, 0, (0.1,) * 5)
    handbook = [Hit(rule.format("S1", 30), 9.0, title="handbook"), Hit("Leave the badge.", 1.0, title="badge")]
    offer = [Hit(rule.format("S2", 28), 9.0, title="offer"), Hit("A year in grade S2 is long.", 1.0, title="aside")]
    query = Query("How many days of annual leave have employees?")
    results = [Result(0, query, handbook, None, known), Result(1, query, offer, None, known)]
    both = [Parameters(strictness=1, top_n_documents=2)] * 2
    assert titles(judge(results, both))[:2] == ["handbook", "offer"]
    assert titles(judge(results, both, own={1}))[:2] == ["offer", "handbook"]


def test_the_conversations_own_file_does_not_come_before_what_answers() -> None:
    answers = [Hit("Employees have 30 days of annual leave a year.", 9.0, title="handbook")]
    asides = [Hit(f"Employees of team {at} meet once a year.", 9.0 - at / 10, title="own") for at in range(5)]
    query = Query("How many days of annual leave have employees?")
    found = judge([Result(0, query, answers), Result(1, query, asides)], [Parameters(strictness=1)] * 2, own={1})
    assert titles(found)[0] == "handbook"
