"""The draft: what the first choice has said, thought, called and cost so far."""

from typing import Any

import pytest

from conversations.completions.draft import Draft
from conversations.completions.wire import Choice, Chunk, Delta, Facts, Usage


def chunk(index: int = 0, finish_reason: str | None = None, **delta: Any) -> Chunk:
    return Chunk(choices=[Choice(index=index, delta=Delta(**delta), finish_reason=finish_reason)])


def verdict(**result: Any) -> Chunk:
    return Chunk(choices=[Choice(delta=None, content_filter_results={"hate": result})])


def drafted(*chunks: Chunk) -> Draft:
    draft = Draft()
    for each in chunks:
        draft.add(each)
    return draft


def test_add_returns_the_text_that_was_appended() -> None:
    draft = Draft()
    assert [draft.add(chunk(content="Hel")), draft.add(chunk(role="assistant")), draft.add(chunk(content="lo"))] == [
        "Hel",
        "",
        "lo",
    ]
    assert draft.text == "Hello"


def test_other_choices_are_left_alone() -> None:
    assert drafted(chunk(content="a"), chunk(index=1, content="b", finish_reason="stop")) == drafted(chunk(content="a"))


def test_chunk_without_choices_changes_no_text() -> None:
    draft = drafted(chunk(content="a"), Chunk(usage=Usage(total_tokens=3)))
    assert (draft.text, draft.usage) == ("a", Usage(total_tokens=3))


def test_usage_is_the_last_one_said() -> None:
    said = [Chunk(usage=Usage(total_tokens=n)) for n in (1, 2)]
    assert drafted(*said, Chunk()).usage == Usage(total_tokens=2)


def test_finish_reason_is_the_last_one_said() -> None:
    ends = [chunk(finish_reason=reason) for reason in ("stop", "content_filter", "")]
    assert drafted(*ends).finish_reason == "content_filter"


def test_id_model_and_request_come_from_the_chunk_that_has_them() -> None:
    named = Chunk(id="c1", model="m", system_fingerprint="f")
    named.response = Facts(request_id="r1")
    draft = drafted(Chunk(), named, Chunk(id="c2"))
    assert (draft.id, draft.model, draft.fingerprint, draft.request_id) == ("c1", "m", "f", "r1")


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_is_no_text(field: str) -> None:
    draft = Draft()
    assert draft.add(chunk(**{field: "Hmm."})) == ""
    assert (draft.reasoning, draft.text) == ("Hmm.", "")


def test_refusal_is_shown_as_the_answer() -> None:
    draft = drafted(chunk(refusal="I "), chunk(refusal="cannot."))
    assert (draft.refusal, draft.text) == ("I cannot.", "I cannot.")


def test_worst_verdict_of_a_category_stays() -> None:
    low, medium = {"filtered": False, "severity": "low"}, {"filtered": True, "severity": "medium"}
    draft = drafted(verdict(**low), verdict(**medium), verdict(filtered=False, severity="safe"))
    assert draft.filters == {"hate": medium}
    assert draft.filtered == ["hate"]


def test_verdict_on_the_prompt_counts() -> None:
    results = {"jailbreak": {"filtered": True, "detected": True}}
    draft = drafted(Chunk(prompt_filter_results=[{"prompt_index": 0, "content_filter_results": results}]))
    assert draft.filtered == ["jailbreak"]


def test_contexts_are_joined() -> None:
    draft = drafted(chunk(context={"intent": "i"}), chunk(context={"citations": []}), chunk(context=None))
    assert draft.context == {"intent": "i", "citations": []}


def test_tool_calls_keep_the_order_in_which_they_began() -> None:
    calls = [{"index": n, "id": f"c{n}", "function": {"name": "f", "arguments": "{"}} for n in (3, 1)]
    more = [{"index": n, "function": {"arguments": "}"}} for n in (1, 3)]
    draft = drafted(*(chunk(tool_calls=[each]) for each in [*calls, *more]))
    assert [(each["id"], each["function"]["arguments"]) for each in draft.tool_calls] == [("c3", "{}"), ("c1", "{}")]


def test_a_long_answer_is_not_copied_for_every_piece() -> None:
    draft = drafted(*(chunk(content="word ") for _ in range(1000)))
    assert len(draft._pieces) == 1000
    assert draft.text == "word " * 1000
    assert len(draft._pieces) == 1


def test_prompt_and_answer_are_judged_apart() -> None:
    prompt = Chunk(prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {"hate": {"severity": "low"}}}])
    draft = drafted(prompt, verdict(severity="high"))
    assert (draft.prompt_filters, draft.filters) == (
        {"0": {"hate": {"severity": "low"}}},
        {"hate": {"severity": "high"}},
    )


def test_details_of_a_category_are_gathered_once_each() -> None:
    a, b = {"id": "a", "filtered": False}, {"id": "b", "filtered": True}
    draft = drafted(verdict(filtered=True, details=[a, b]), verdict(filtered=False, details=[a]), verdict(details=[]))
    assert draft.filters["hate"] == {"filtered": True, "details": [a, b]}


def test_limits_come_from_the_response() -> None:
    first = chunk(content="a")
    first.response = Facts(rate_limits={"x-ratelimit-remaining-tokens": "9"})
    assert drafted(first, chunk(content="b")).rate_limits == {"x-ratelimit-remaining-tokens": "9"}


def test_probabilities_of_a_refusal_are_kept_apart() -> None:
    said = Choice(logprobs={"content": None, "refusal": [{"token": "No"}]})
    draft = drafted(Chunk(choices=[said]))
    assert (draft.logprobs, draft.refusal_logprobs) == ([], [{"token": "No"}])
