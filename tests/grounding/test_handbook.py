"""On the demo's handbook: 99 % of what is cited rightly is called supported, and of what is cited wrongly flagged."""

import re

import pytest

from conversations.completions.offline.transport import OfflineTransport
from conversations.completions.wire import Message
from conversations.demo import HANDBOOK
from conversations.grounding import ground
from conversations.grounding.verify import Document, verify
from conversations.management.commands.demo import STARTERS
from conversations.retrieval import Hit
from conversations.texts.language import language
from conversations.texts.sentences import sentences
from tests.grounding.memory import Memory, checked, setting
from tests.grounding.misbehaving import CitesWrongly

LEAST = 0.99
FLAGGED = {"not_found", "weak"}
SHORTEST = 40  # characters of a sentence that says something by itself


def handbook():
    """The sections of what is English, as passages."""
    for file in sorted((HANDBOOK / "sources").glob("*.md")):
        if language(file.read_text()) != "en":
            continue  # a guide in another language cannot be compared by words
        for section in re.split(r"^#+ ", file.read_text(), flags=re.MULTILINE):
            title, _, body = section.partition("\n")
            if len(body.strip()) > SHORTEST and "|" not in body:
                yield Hit(body.strip(), 0, title=title)


async def verdicts(transport):
    """Of every citation of the offline deployment's answers, asked by the handbook's own sentences."""
    passages, found = list(handbook()), []
    store = Memory(passages)
    for passage in passages:
        for sentence in sentences(passage.content):
            asked = passage.content[sentence.start : sentence.end].strip().rstrip(".")
            if len(asked) < SHORTEST:
                continue
            steps = ground(
                [Message(role="user", content=f"Is it true: {asked}?")],
                [setting(strictness=1)],
                count=len,
                room=20_000,
                opened=lambda _: store,
            )
            [*_, made] = [each async for each in steps]
            if len(made.given) < 2:
                continue
            text = transport.say([{"role": each.role, "content": each.text} for each in made.messages])
            markers = made.markers()
            found += [each.verdict for each in await checked(made, markers.add(text) + markers.end())]
    return found


async def test_what_is_cited_rightly_is_called_supported():
    found = await verdicts(OfflineTransport)
    assert len(found) > 100
    assert found.count("supported") / len(found) >= LEAST


async def test_what_cites_another_part_of_the_handbook_is_flagged():
    """Each sentence with the passage that stands a third of the handbook away."""
    passages, found = list(handbook()), []
    for at, passage in enumerate(passages):
        other = passages[(at + len(passages) // 3) % len(passages)]
        documents = [Document(1, other.content, other.title or ""), Document(2, passage.content, passage.title or "")]
        for sentence in sentences(passage.content):
            said = passage.content[sentence.start : sentence.end].strip()
            if len(said) >= SHORTEST:
                found += [each.verdict for each in await verify(f"{said}[doc1]", documents)]
    assert len(found) > 100
    assert sum(each in FLAGGED for each in found) / len(found) >= LEAST


async def test_what_cites_the_next_best_passage_is_flagged():
    """The hardest of wrong citations: of the same subject, in much the same words (docs/grounding.md)."""
    found = await verdicts(CitesWrongly)
    assert len(found) > 100
    assert sum(each in FLAGGED for each in found) / len(found) >= LEAST


def everything():
    """All sections, tables and languages included, as passages."""
    for file in sorted((HANDBOOK / "sources").glob("*.md")):
        for section in re.split(r"^(?=#+ )", file.read_text(), flags=re.MULTILINE):
            heading, _, body = section.partition("\n") if section.startswith("#") else ("", "", section)
            if body.strip():
                yield Hit(body.strip(), 0, title=f"{file.stem} {heading.lstrip('# ')}")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (STARTERS[0], ["90 working days", "Your manager approves"]),
        (STARTERS[1], ["Country: France; City: Paris; Hotel up to EUR: 180."]),
        (STARTERS[2], ["up to three days a week"]),
        ("Combien de jours de congé parental ai-je, et qui l’approuve ?", ["90 jours ouvrés", "Votre responsable"]),
        ("Combien peut coûter un hôtel à Paris ?", ["Ville: Paris; Hôtel par nuit au plus, en EUR: 180."]),
        ("Combien de jours par semaine puis-je travailler à distance ?", ["trois jours par semaine"]),
        ("육아휴직은 며칠이고, 누가 승인하나요?", ["90일의 유급 육아휴직", "관리자가 승인하고"]),
        ("파리 호텔은 얼마까지 쓸 수 있나요?", ["도시: 파리; 호텔 한도 EUR: 180."]),
        ("일주일에 며칠까지 재택근무를 할 수 있나요?", ["일주일에 3일까지"]),
        ("What is the capital of France?", ["do not answer this question"]),
    ],
)
async def test_the_starters_are_answered_in_each_language_and_cited_truly(question, said):
    store = Memory(list(everything()))
    steps = ground(
        [Message(role="user", content=question)], [setting()], count=len, room=20_000, opened=lambda _: store
    )
    [*_, made] = [each async for each in steps]
    markers = made.markers()
    text = markers.add(OfflineTransport.say([{"role": each.role, "content": each.text} for each in made.messages]))
    text += markers.end()
    assert all(each in text for each in said), text
    assert {each.verdict for each in await checked(made, text)} <= {"supported"}
