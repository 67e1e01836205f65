"""The prompt: what a model is told, the documents within their budget, and the conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversations.completions.data_sources import Parameters
from conversations.completions.fence import APART, Passage, fenced
from conversations.completions.wire import SYSTEM, Message
from conversations.grounding import instructions
from conversations.grounding.turns import unmarked
from conversations.retrieval import Hit
from conversations.texts.sentences import sentences

Count = Callable[[str], int]
"""Tokens of a text."""

FRAME = 40  # tokens of a document's fence and title
SHORTEST = 60  # tokens of a document that is worth being cut


@dataclass(frozen=True)
class Given:
    """What the model reads of `hit` under `[docN]`: its content, perhaps with its neighbours, perhaps cut."""

    number: int
    hit: Hit
    content: str


def fit(hits: Sequence[Hit], room: int, count: Count) -> list[Given]:
    """As many of `hits` as fit into `room` tokens, in their order, with their neighbours where there is room left.

    The first that does not fit is cut after a sentence; those after it are left out.
    """
    contents: list[str] = []
    for hit in hits:
        size = count(hit.content) + FRAME
        if size > room:
            if cut := _cut(hit.content, room - FRAME, count):
                contents.append(cut)
            break
        contents.append(hit.content)
        room -= size
    for at, hit in enumerate(hits[: len(contents)]):
        wider = _wider(hit, contents, at)
        more = count(wider) - count(contents[at]) if wider else 0
        if wider and more <= room:
            contents[at] = wider
            room -= more
    return [Given(at, hit, content) for at, (hit, content) in enumerate(zip(hits, contents, strict=False), 1)]


def messages(
    conversation: Sequence[Message],
    given: Sequence[Given],
    parameters: Sequence[Parameters],
    *,
    looked_up: bool = True,
    going_on: bool = False,
) -> list[Message]:
    """The request's messages: one for the system, which is first, and the conversation without earlier markers.

    `going_on`: its last answer is to be continued, and keeps its markers, which are those of these documents.
    """
    in_scope = any(each.in_scope for each in parameters)
    roles = dict.fromkeys(each.role_information.strip() for each in parameters)
    systems = [each for each in conversation if each.role in SYSTEM]
    parts = [*(each.text.strip() for each in systems), *roles]
    if not looked_up:
        parts.append(instructions.CONVERSATION)
    elif given:
        scope = instructions.IN_SCOPE if in_scope else instructions.BEYOND
        parts += [f"{instructions.ANSWER}\n{scope}", instructions.DATA]
    else:
        parts.append(f"{instructions.NOTHING} {instructions.NOTHING_IN_SCOPE if in_scope else instructions.BEYOND}")
    if looked_up:
        parts.append(fenced([Passage(each.number, each.content, label(each.hit)) for each in given]))
    role = systems[0].role if systems else "system"
    return [Message(role=role, content="\n\n".join(filter(None, parts))), *unmarked(conversation, keep_last=going_on)]


def label(hit: Hit) -> str:
    """How a document is called in the prompt."""
    page = f"page {hit.page}" if hit.page else ""
    return APART.join(filter(None, (hit.title or hit.filepath or hit.url or "", hit.heading, page)))


def _wider(hit: Hit, contents: list[str], at: int) -> str:
    """The passage with its neighbours, unless one of these is given as a document of its own."""
    if hit.content not in hit.around or contents[at] != hit.content or hit.around == hit.content:
        return ""
    others = (each for place, each in enumerate(contents) if place != at)
    return "" if any(each in hit.around or hit.content in each for each in others) else hit.around


def _cut(content: str, room: int, count: Count) -> str:
    """The first sentences, as many as fit; nothing if that is hardly any."""
    if room < SHORTEST:
        return ""
    end = 0
    for sentence in sentences(content):
        if count(content[: sentence.end]) > room:
            break
        end = sentence.end
    return content[:end]
