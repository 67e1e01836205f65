"""On the demo's handbook: 99 % of what is cited rightly is called supported, and of what is cited wrongly flagged."""

import re

from conversations.completions.offline.transport import OfflineTransport
from conversations.completions.wire import Message
from conversations.demo import HANDBOOK
from conversations.grounding import ground
from conversations.grounding.verify import Document, verify
from conversations.retrieval import Hit
from conversations.texts.sentences import sentences
from tests.grounding.memory import Memory, setting
from tests.grounding.misbehaving import CitesWrongly

LEAST, NEXT_BEST = 0.99, 0.8
FLAGGED = {"not_found", "weak"}
SHORTEST = 40  # characters of a sentence that says something by itself


def handbook():
    """Its sections, as passages."""
    for file in sorted((HANDBOOK / "sources").glob("*.md")):
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
            found += [each.verdict for each in await made.check(markers.add(text) + markers.end())]
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


async def test_most_of_what_cites_the_next_best_passage_is_flagged():
    """The hardest of wrong citations: of the same subject, in much the same words (docs/grounding.md)."""
    found = await verdicts(CitesWrongly)
    assert len(found) > 100
    assert sum(each in FLAGGED for each in found) / len(found) >= NEXT_BEST
