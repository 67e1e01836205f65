"""How documents stand in a prompt: numbered, fenced, labelled as data.

The engine writes it, and what asks for search queries; the offline deployment reads both. The fence's word is random
for every request, so that no text inside a document can close it.
"""

import re
import secrets
from dataclasses import dataclass

# A request for search queries begins with the first, and its last message ends with the question, below the second.
LOOKUP = "Your only task: write search queries."
LAST = "\n\nThe last message:\n"
APART = " · "  # in the title of a passage, between that of its document, its headings and its page


@dataclass(frozen=True)
class Passage:
    number: int  # from 1: the N of [docN]
    content: str
    title: str = ""


def fenced(passages: list[Passage]) -> str:
    """The documents as text of a message."""
    word = secrets.token_hex(4)
    while any(word in each.content or word in each.title for each in passages):
        word = secrets.token_hex(4)
    parts = [f"<documents {word}>"]
    for each in passages:
        title = " ".join(each.title.split())
        parts.append(f"<doc{each.number} {word}> {title}\n{each.content}\n</doc{each.number} {word}>")
    parts.append(f"</documents {word}>")
    return "\n".join(parts)


def passages(text: str) -> list[Passage] | None:
    """What `fenced` wrote somewhere in `text`, which may be nothing; None if it wrote nothing there."""
    outer = re.search(r"<documents ([0-9a-f]{8})>\n(.*)</documents \1>", text, re.DOTALL)
    if outer is None:
        return None
    word, inner = outer[1], outer[2]
    found = re.finditer(rf"<doc(\d+) {word}> ?([^\n]*)\n(.*?)\n</doc\1 {word}>", inner, re.DOTALL)
    return [Passage(int(each[1]), each[3], each[2]) for each in found]
