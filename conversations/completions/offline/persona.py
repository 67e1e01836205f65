"""What the offline deployment says: what needs no documents first, then these, then what else it can show."""

from typing import Any

from conversations.completions.fence import LAST, LOOKUP, Passage, passages
from conversations.completions.offline import chat, dates, grounded, samples, sums
from conversations.completions.offline.asked import text
from conversations.completions.offline.words import Words, words_for
from conversations.completions.wire import SYSTEM
from conversations.texts.language import language

QUOTED = 80  # characters of a question that are repeated


def reply(messages: list[dict[str, Any]]) -> str:
    """The answer to the last question of `messages`; if that asks to go on, the rest of the last answer."""
    if messages[-1].get("role") == "tool":
        return _tool_said(messages)
    turns = [(each.get("role"), text(each.get("content"))) for each in messages]
    if turns[0][1].startswith(LOOKUP):
        return _lookup(turns[-1][1].rpartition(LAST)[2])
    fences = (passages(said) for role, said in turns if role in SYSTEM)
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
    """There is nothing to look up for a greeting, a sum or thanks; for all else it declines, as it cannot rewrite."""
    return "[]" if chat.answer([("user", question)]) else words_for(question).no_queries


def _say(turns: list[tuple[Any, str]], given: list[Passage] | None) -> str:
    question = next((said.strip() for role, said in reversed(turns) if role == "user"), "")
    words = words_for(question)
    if said := chat.answer(turns):
        return said
    if given and (found := grounded.answer(question, chat.before(turns), given)):
        return found
    if said := sums.answer(question, words) or samples.answer(question, words):
        return said
    if given is not None:
        return _not_found(words, given)
    if said := dates.answer(question, words) or chat.earlier(turns, words) or chat.small_talk(question, words):
        return said
    quoted = " ".join(question.split())
    quoted = quoted if len(quoted) <= QUOTED else quoted[: QUOTED - 1] + "…"
    return words.unknown.format(question=quoted)


def _not_found(words: Words, given: list[Passage]) -> str:
    """That none of these helps; and why it may be so, if none is in the language of the question."""
    codes = dict.fromkeys(language(each.content) for each in given)
    if words.code in codes:
        return words.not_found
    names = ", ".join(words.languages[each] for each in codes if each)
    found = f" {words.found_in.format(languages=names)}" if names else ""
    return f"{words.not_found}{found} {words.words_only}"


def _unfinished(turns: list[tuple[Any, str]]) -> tuple[list[tuple[Any, str]], str] | None:
    """The conversation before an answer that is to be continued, and that answer so far."""
    if turns and turns[-1][0] == "assistant":
        return turns[:-1], turns[-1][1]
    if len(turns) >= 2 and turns[-2][0] == "assistant" and turns[-1][0] == "user":
        asks = turns[-1][1].lower()
        if asks.startswith(("continue your last answer", "continue exactly")):
            return turns[:-2], turns[-2][1]
    return None
