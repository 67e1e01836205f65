"""A citation is checked: does the document say what the sentence says, and where?"""

import sys

import pytest

from conversations.completions.errors import BadKey
from conversations.grounding.across import across
from conversations.grounding.verify import Document, verify, verify_words
from tests.loop import held_up

LEAVE = Document(
    1,
    "This page is about leave. Full-time employees have 25 days of annual leave each year. Unused days expire at the "
    "end of March. A request is made two weeks before, on the form of Human Resources. The budget is 10 000 euros. "
    "The rule holds since 3 May 2025. Interns do not receive paid leave.",
    "Leave policy",
)
CARS = Document(
    2, "A company car may be used for private journeys. The driver keeps a log. Mr Miller checks it.", "Cars"
)
FRENCH = Document(3, "Les salariés ont droit à 25 jours de congés payés. Le reste est sans solde pour tous.", "Congés")


async def verdict(sentence: str, number: int = 1, **options) -> str:
    [check] = await verify(f"{sentence} [doc{number}].", [LEAVE, CARS, FRENCH], **options)
    return check.verdict


@pytest.mark.parametrize(
    "sentence",
    [
        "Full-time employees have 25 days of annual leave each year",
        "**Full-time employees** have *twenty-five days* of annual leave",
        "A request is made 14 days before on the form of Human Resources",
        "The budget is 10,000 euros",
        "The rule holds since 2025-05-03",
        "Interns do not receive paid leave",
        "According to the leave policy, unused days expire at the end of March",
    ],
)
async def test_what_the_document_says_is_supported_however_it_is_written(sentence: str) -> None:
    assert await verdict(sentence) == "supported"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Full-time employees have 30 days of annual leave each year", "not_found"),
        ("Full-time employees have 25 weeks of annual leave each year", "not_found"),
        ("The budget is 100,000 euros", "not_found"),
        ("The rule holds since 4 May 2025", "not_found"),
        ("A company car may be used for private journeys", "not_found"),
        ("The request goes to Mr Miller on the form of Human Resources", "weak"),
        ("Interns receive paid leave", "weak"),
        ("Full-time employees have annual leave each year that grows with seniority and pays a generous bonus", "weak"),
    ],
)
async def test_what_it_does_not_say_is_flagged(sentence: str, expected: str) -> None:
    assert await verdict(sentence) == expected


async def test_what_another_document_says_better_is_flagged() -> None:
    """Much the same words stand in a document of the same matter; the one that says it should have been cited."""
    said = "The head of payroll approves it on the same day"
    documents = [
        Document(1, "Who pays? The head of payroll approves it on the same day. Ask early."),
        Document(2, "Who travels? The head of the department approves it on any day. Ask late."),
    ]
    checks = await verify(f"{said} [doc2].", documents)
    assert [each.verdict for each in checks] == ["weak"]
    checks = await verify(f"{said} [doc1][doc2].", documents)
    assert [each.verdict for each in checks] == ["supported", "supported"]
    checks = await verify(f"{said} [doc2].", [LEAVE, documents[1]])
    assert [each.verdict for each in checks] == ["supported"]


async def test_the_right_sentence_citing_another_document_is_flagged() -> None:
    assert await verdict("A company car may be used for private journeys", 2) == "supported"
    assert await verdict("A company car may be used for private journeys", 1) == "not_found"


async def test_the_place_is_the_sentence_that_says_it_alone() -> None:
    [check] = await verify("Unused days expire at the end of March [doc1].", [LEAVE])
    assert check.start is not None
    assert LEAVE.content[check.start : check.end] == "Unused days expire at the end of March."


async def test_the_place_has_the_neighbour_that_says_the_rest() -> None:
    [check] = await verify("Employees have 25 days, and unused days expire at the end of March [doc1].", [LEAVE])
    assert check.start is not None
    place = LEAVE.content[check.start : check.end]
    assert "25 days" in place
    assert place.endswith("Unused days expire at the end of March.")


async def test_a_marker_after_the_full_stop_belongs_to_the_sentence_before() -> None:
    text = "The driver keeps a log. [doc2] Unused days expire at the end of March. [doc1][doc2]"
    checks = await verify(text, [LEAVE, CARS])
    assert [(each.number, each.sentence[:10], each.verdict) for each in checks] == [
        (2, "The driver", "supported"),
        (1, "Unused day", "supported"),
        (2, "Unused day", "not_found"),
    ]


async def test_two_documents_may_support_a_sentence_together() -> None:
    text = "Full-time employees have 25 days of annual leave and a company car for private journeys [doc1][doc2]."
    assert [each.verdict for each in await verify(text, [LEAVE, CARS])] == ["supported", "supported"]


async def test_markers_in_code_are_no_citations() -> None:
    assert await verify("`a [doc1]`\n```\n[doc1]\n```", [LEAVE]) == []


async def test_a_document_that_was_not_given_supports_nothing() -> None:
    [check] = await verify("The driver keeps a log [doc2].", [LEAVE])
    assert check.verdict == "not_found"


async def test_another_language_is_not_checked_without_vectors() -> None:
    assert await verdict("The employees have 25 days of paid leave and the rest is unpaid", 3) == "not_checked"
    assert await verdict("직원은 유급 휴가를 25일 쓸 수 있습니다") == "not_checked"


async def test_another_language_is_compared_by_vectors() -> None:
    """As if an embedder knew both languages: leave is one direction, cars another."""

    async def embed(texts: list[str]) -> list[list[float]]:
        leave = ("congés", "solde", "paid leave", "annual leave", "Unused")
        return [[float(any(word in each for word in leave)), float("car" in each), 0.1] for each in texts]

    said = "The employees have 25 days of paid leave and the rest is unpaid"
    assert await verdict(said, 3, embed=embed) == "supported"
    assert await verdict(said.replace("25", "30"), 3, embed=embed) == "weak"
    assert await verdict("The company car may be used for private journeys by all", 3, embed=embed) == "not_checked"


async def test_comparing_vectors_does_not_hold_up_others() -> None:
    vectors = [[1.0 + at % 7, *[0.5] * 1535] for at in range(340)]

    async def embed(texts: list[str]) -> list[list[float]]:
        return vectors[: len(texts)]

    windows = {number: [("Les congés.", (at, at + 1)) for at in range(60)] for number in range(1, 6)}
    assert await held_up(across(["Leave."] * 40, [1] * 40, windows, embed)) < 0.5


async def test_reading_a_long_answer_does_not_hold_up_others() -> None:
    long = "Unused days expire at the end of March. " * 10_000
    assert await held_up(verify(f"{long}[doc1]", [LEAVE])) < 0.2


async def test_vectors_that_cannot_be_had_leave_it_unchecked() -> None:
    async def embed(texts: list[str]) -> list[list[float]]:
        raise BadKey("401")

    assert await verdict("The employees have 25 days of paid leave and it is good", 3, embed=embed) == "not_checked"


@pytest.mark.parametrize(
    ("language", "content", "sentence", "wrong"),
    [
        ("fr", "Le préavis est de trois mois. Il commence à la fin du mois.", "Le préavis est de 3 mois", "de 4 mois"),
        ("de", "Die Frist beträgt drei Monate. Sie endet am Quartal.", "Die Frist beträgt 3 Monate", "4 Monate"),
        ("ko", "연차 휴가는 15일입니다. 신청은 1주 전에 합니다.", "연차 휴가는 15일입니다", "휴가는 20일"),
    ],
)
async def test_other_languages_are_checked_as_well(language: str, content: str, sentence: str, wrong: str) -> None:
    documents = [Document(1, content)]
    [good], [bad] = await verify(f"{sentence} [doc1].", documents), await verify(f"{wrong} [doc1].", documents)
    assert (good.verdict, bad.verdict) == ("supported", "not_found")


async def test_of_two_places_the_one_with_the_right_number_is_meant() -> None:
    gap = "The cafeteria opens at noon. Parking is free for all. The lift is old. "
    text = f"Managers have 30 days of annual leave. {gap}Apprentices have 28 days of annual leave."
    [check] = await verify("There are 28 days of annual leave [doc1].", [Document(1, text)])
    assert check.verdict == "supported"
    assert check.end == len(text)


async def test_the_number_of_the_next_sentence_is_not_that_of_a_repeated_one() -> None:
    text = "Managers have 30 days of annual leave. Apprentices get 28 vouchers."
    [check] = await verify("Managers have 28 days of annual leave [doc1].", [Document(1, text)])
    assert check.verdict == "weak"


async def test_a_marker_right_before_a_sentence_belongs_to_the_one_before() -> None:
    [check] = await verify("The driver keeps a log. [doc2]Unused days expire.", [CARS])
    assert check.sentence == "The driver keeps a log."


HOTELS = Document(
    1,
    "| Country | City | Full day EUR | Hotel up to EUR |\n| --- | --- | --- | --- |\n| Germany | all | 28 | 140 |\n"
    "| France | Paris | 58 | 180 |\n| France | elsewhere | 53 | 145 |\n| Spain | Madrid | 42 | 160 |",
    "Allowances",
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("| France | Paris | 58 | 180 |", "supported"),
        ("Country: France; City: Paris; Hotel up to EUR: 180.", "supported"),
        ("In Paris a hotel may cost up to 180 EUR", "supported"),
        ("In France a hotel may cost up to 180 EUR in Paris and 145 EUR elsewhere", "supported"),
        ("In Paris a hotel may cost up to 145 EUR", "weak"),
        ("In Madrid a hotel may cost up to 180 EUR", "weak"),
        ("A hotel may cost up to 180 EUR", "weak"),
        ("In Paris a hotel may cost up to 190 EUR", "not_found"),
        ("A company car may be used for private journeys", "not_found"),
    ],
)
async def test_a_row_says_what_its_cells_say_under_their_head(sentence: str, expected: str) -> None:
    [check] = await verify(f"{sentence} [doc1]", [HOTELS, CARS])
    assert check.verdict == expected


async def test_the_place_in_a_table_is_the_row() -> None:
    [check] = await verify("In Madrid a hotel may cost up to 160 EUR [doc1].", [HOTELS])
    assert HOTELS.content[check.start : check.end] == "| Spain | Madrid | 42 | 160 |"


async def test_a_row_of_the_answer_is_read_cell_by_cell() -> None:
    [check] = await verify("| City | EUR |\n|---|---|\n| Paris | 180 [doc1] |", [HOTELS])
    assert (check.sentence, check.verdict) == ("Paris, 180", "supported")


def steps(rows: int) -> int:
    """How many times Python functions and generators are entered to check ten claims against a table."""
    table = "\n".join(f"| Ann{at} Smith | {at} | Oslo {at % 7} |" for at in range(rows))
    answer = " ".join(f"Ann{at} Smith in Oslo {at % 7} has {at} days [doc1]." for at in range(10))
    count = 0

    def step(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(step)
    try:
        checks = verify_words(answer, [Document(1, f"| Name | Days | City |\n| --- | --- | --- |\n{table}")])
    finally:
        sys.setprofile(None)
    assert len(checks) == 10
    return count


def test_a_table_of_twice_the_rows_is_twice_the_work() -> None:
    assert steps(160) < 2.2 * steps(80)
