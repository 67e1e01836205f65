"""What the offline deployment says: the first skill that knows an answer gives it, the same one every time."""

from typing import Any

from conversations.completions.fence import LAST, LOOKUP, Passage, passages
from conversations.completions.offline import dates, grounded, samples, sums
from conversations.completions.offline.asked import text
from conversations.completions.offline.words import Words, words_for

QUOTED = 80  # characters of a question that are repeated
CHAT = 4  # words of a greeting or thanks: longer ones may ask something


def reply(messages: list[dict[str, Any]]) -> str:
    """The answer to the last question of `messages`; if that asks to go on, the rest of the last answer."""
    if messages[-1].get("role") == "tool":
        return _tool_said(messages)
    turns = [(each.get("role"), text(each.get("content"))) for each in messages]
    if turns[0][1].startswith(LOOKUP):
        return _lookup(turns[-1][1].rpartition(LAST)[2])
    fences = (passages(said) for role, said in turns if role in {"system", "developer"})
    given = next((each for each in fences if each is not None), None)
    turns = [(role, said) for role, said in turns if role in {"user", "assistant"}]
    unfinished = _unfinished(turns)
    if unfinished is not None:
        before, so_far = unfinished
        whole = _say(before, given)
        return whole[len(so_far) :] if whole.startswith(so_far) else ""
    return _say(turns, given)


def _tool_said(messages: list[dict[str, Any]]) -> str:
    asked = [text(each.get("content")) for each in messages if each.get("role") == "user"]
    return words_for(asked[-1] if asked else "").tool_said.format(result=text(messages[-1].get("content")))


def _lookup(question: str) -> str:
    """There is nothing to look up for a greeting; for all else it declines, as it cannot rewrite."""
    words = words_for(question)
    return "[]" if len(question.split()) <= CHAT and _small_talk(question.strip(), words) else words.no_queries


def _say(turns: list[tuple[Any, str]], given: list[Passage] | None) -> str:
    asked = [said.strip() for role, said in turns if role == "user"]
    question = asked[-1] if asked else ""
    words = words_for(question)
    if given and (found := grounded.answer(question, asked[-2] if len(asked) > 1 else "", given)):
        return found
    known = (
        _repeat(question, words)
        or sums.answer(question, words)
        or dates.answer(question, words)
        or samples.answer(question, words)
        or _earlier(question, asked[:-1], words)
        or _small_talk(question, words)
    )
    if known:
        return known
    if given is not None:
        return words.not_found
    quoted = " ".join(question.split())
    quoted = quoted if len(quoted) <= QUOTED else quoted[: QUOTED - 1] + "…"
    return words.unknown.format(question=quoted)


def _unfinished(turns: list[tuple[Any, str]]) -> tuple[list[tuple[Any, str]], str] | None:
    """The conversation before an answer that is to be continued, and that answer so far."""
    if turns and turns[-1][0] == "assistant":
        return turns[:-1], turns[-1][1]
    if len(turns) >= 2 and turns[-2][0] == "assistant" and turns[-1][0] == "user":
        asks = turns[-1][1].lower()
        if asks.startswith(("continue your last answer", "continue exactly")):
            return turns[:-2], turns[-2][1]
    return None


def _repeat(question: str, words: Words) -> str:
    for start in words.repeat:
        if question.lower().startswith(start):
            return question[len(start) :].lstrip(" :\n")
    return ""


def _earlier(question: str, asked: list[str], words: Words) -> str:
    if not any(each in question.lower() for each in words.earlier):
        return ""
    return words.asked_before.format(question=asked[-1]) if asked else words.asked_nothing


def _small_talk(question: str, words: Words) -> str:
    low = question.lower().strip(" .!?¿¡")
    for starts, said in words.talk:
        start = next((each for each in starts if low.startswith(each)), None)
        if start is not None and not (start.isascii() and low[len(start) : len(start) + 1].isalpha()):
            return said
    return ""
