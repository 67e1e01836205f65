"""Every recorded odd stream gives what its row in streams/expected.json says, however the network cuts it."""

import json
import random
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.completions.draft import Draft
from conversations.completions.errors import CompletionError, PromptFiltered
from conversations.completions.reading import Reading
from tests import recordings

SEEDS = (1, 2, 3)
EVERYTHING = dict.fromkeys(("text", "finish_reason", "refusal", "reasoning", "model", "context", "filters", "usage"))


def replay(pieces: Iterable[bytes]) -> tuple[Draft, str | None]:
    """What the pieces make, also of a refused prompt, and the code of the error that ended them."""
    draft, reading = Draft(), Reading()
    try:
        for piece in pieces:
            for chunk in reading.feed(piece):
                draft.add(chunk)
            if reading.done:
                break
        for chunk in reading.end():
            draft.add(chunk)
    except PromptFiltered as error:
        draft.judge_prompt(error.results)
        return draft, error.code
    except CompletionError as error:
        return draft, error.code
    return draft, None


def cuttings(data: bytes) -> Iterable[list[bytes]]:
    yield [data]
    size = 1 if len(data) < 50_000 else 997
    yield [data[at : at + size] for at in range(0, len(data), size)]
    for seed in SEEDS:
        dice = random.Random(seed)
        cuts = sorted(dice.sample(range(len(data) + 1), min(len(data), 12)))
        yield [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def summary(draft: Draft, expected: dict[str, Any]) -> dict[str, Any]:
    """The draft in the words of the table, as far as the table speaks of it."""
    usage = draft.usage
    calls = [(each["id"], each["function"]) for each in draft.tool_calls]
    facts: dict[str, Any] = {
        "text": draft.text,
        "finish_reason": draft.finish_reason,
        "refusal": draft.refusal,
        "reasoning": draft.reasoning,
        "model": draft.model,
        "context": draft.context,
        "request_id": draft.request_id,
        "filters": sorted(draft.filters),
        "filtered": draft.filtered,
        "results": draft.filters,
        "prompt_results": draft.prompt_filters,
        "offsets": draft.filter_offsets,
        "audio": draft.audio,
        "severities": {name: draft.filters[name].get("severity") for name in expected.get("severities", ())},
        "usage": usage and [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens],
        "details": usage and [usage.prompt_tokens_details, usage.completion_tokens_details],
        "tool_calls": [[call, function["name"], function["arguments"]] for call, function in calls],
        "logprobs": [each["token"] for each in draft.logprobs],
    }
    return {name: facts[name] for name in facts if name in expected}


@pytest.mark.parametrize("name", recordings.table())
def test_recording_gives_what_the_table_says_in_every_cutting(name: str) -> None:
    recording = recordings.load(name)
    expected = {k: v for k, v in recording.expected.items() if k not in {"error", "content_type"}}
    if isinstance(expected["text"], dict):
        expected["text"] = expected["text"]["repeat"] * expected["text"]["times"]
    for pieces in cuttings(recording.data):
        draft, error = replay(pieces)
        assert error == recording.expected.get("error")
        assert summary(draft, expected) == expected


@pytest.mark.parametrize("name", recordings.table())
def test_what_comes_out_can_be_stored_and_sent_on(name: str) -> None:
    draft, _error = replay([recordings.load(name).data])
    stored = [draft.text, draft.reasoning, draft.model, draft.id, draft.filters, draft.tool_calls]
    stored += [draft.logprobs, draft.context, draft.prompt_filters, draft.audio, draft.filter_offsets]
    json.dumps(stored, allow_nan=False)  # no NaN, no Infinity
    sent = msgspec.json.encode([*stored, draft.usage])  # no lone surrogates
    assert rb"\u0000" not in sent.replace(rb"\\", b"")


SMALL = [each for each in recordings.table() if len(recordings.load(each).data) < 10_000]
HARM = st.sampled_from([b"", b"\n", b"\r", b"null", b"{", b"}", b'"', b"[]", b"\\ud83d", b"\x00", b"\xff", b"data:"])


@given(st.sampled_from(SMALL), st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9), HARM), max_size=4))
def test_damaged_recording_gives_the_same_in_every_cutting_and_no_foreign_error(
    name: str, damage: list[tuple[int, int, bytes]]
) -> None:
    data = recordings.load(name).data
    for place, length, harm in damage:
        at = place % (len(data) + 1)
        data = data[:at] + harm + data[at + length :]
    results = [replay(pieces) for pieces in cuttings(data)]
    assert all(summary(draft, EVERYTHING) == summary(results[0][0], EVERYTHING) for draft, _error in results)
    assert len({error for _draft, error in results}) == 1


def test_every_recording_has_its_row() -> None:
    files = {each.stem for each in recordings.FOLDER.glob("*.sse")}
    assert files == set(recordings.table())
    assert len(files) >= 34
