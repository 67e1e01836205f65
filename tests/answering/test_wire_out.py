"""`data_sources` as programs send them → what was read of them and the `context` that streams back, as golden files.

The requests are the reference's seven examples, and what Microsoft's sample client writes otherwise. After a change
that is meant, `GOLDEN=write` makes the files again; read the difference.
"""

import json
import os
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
from asgiref.sync import sync_to_async

from conversations.answering import Documents, Notice, stream
from conversations.completions import data_sources, wire
from conversations.completions.context import queries
from conversations.completions.offline.transport import OfflineTransport
from conversations.completions.wire import ChatRequest
from conversations.grounding import ground as engine
from conversations.retrieval import Hit
from conversations.retrieval.base import Setting
from tests.grounding.memory import Memory

FOLDER = Path(__file__).parent.parent / "golden"
CONTEXTS = FOLDER / "data_sources" / "contexts"
EXAMPLES = {each.stem: json.loads(each.read_text()) for each in (FOLDER / "examples").glob("data_sources_*.json")}
REQUESTS = {name.removeprefix("data_sources_"): each["request"] for name, each in sorted(EXAMPLES.items())}
MAPPED = {"content_fields": ["content"], "vector_fields": None}
EMBEDDED = {"type": "deployment_name", "deployment_name": "embedder"}
VARIANTS = {
    "client_cosmos_db": {
        "type": "azure_cosmosdb",
        "parameters": {
            "authentication": {"type": "connection_string", "connection_string": "mongodb+srv://u:secret@c.test/"},
            **{"database_name": "d", "container_name": "c", "index_name": "i", "query_type": "vector"},
            **{"embedding_dependency": EMBEDDED, "strictness": 1},
            "fields_mapping": {"content_fields": ["content"], "vector_fields": ["v"], "title_field": None},
        },
    },
    "client_pinecone": {
        "type": "pinecone",
        "parameters": {
            "authentication": {"type": "api_key", "api_key": "secret"},
            **{"environment": "us-east-1", "index_name": "i", "query_type": "vector", "strictness": 1},
            "embedding_dependency": EMBEDDED,
            "fields_mapping": {**MAPPED, "content_fields_separator": "\\n"},
        },
    },
}
PETS = [
    Hit("Cats are fed twice a day, and look after themselves.", 2.0, "Cats", "https://pets.test/cats", "cats.txt", "0"),
    Hit("A dog needs a walk twice a day; look after its coat.", 1.5, "Dogs", None, "dogs.txt", "1", rerank_score=2.5),
]
QUESTION = {"role": "user", "content": "How do I look after cats twice a day?"}
ALL = ["citations", "intent", "all_retrieved_documents"]


@pytest.fixture(autouse=True)
def pets(monkeypatch):
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))
    defaults = {**engine.__kwdefaults__, "opened": lambda _: Memory(PETS)}
    monkeypatch.setattr(engine, "__kwdefaults__", defaults)


async def chunks(entry, offline, person, **parameters):
    """Every chunk of an answer to QUESTION from the source that `entry` configures."""
    entry = {**entry, "parameters": {**entry["parameters"], "strictness": 1, **parameters}}
    given = Documents([Setting("Pets", data_sources.read(entry))], [None])
    request = msgspec.convert({"messages": [QUESTION]}, ChatRequest)
    reader = await sync_to_async(person.reader)()
    async with aclosing(stream(request, deployment=offline, reader=reader, documents=given)) as parts:
        return [each async for each in parts if not isinstance(each, Notice)]


def said(found):
    return "".join(choice.delta.content or "" for each in found for choice in each.choices if choice.delta)


CASES = {**{name: request["data_sources"][0] for name, request in REQUESTS.items()}, **VARIANTS}


@pytest.mark.parametrize("name", CASES)
async def test_what_is_read_and_what_streams_back_is_what_it_was(name, offline, person):
    read = data_sources.read(CASES[name])
    first, *rest = await chunks(CASES[name], offline, person, include_contexts=ALL)
    found = {
        "type": read.type,
        "parameters": msgspec.to_builtins(read.parameters),
        "warnings": read.warnings,
        "first": wire.plain(first)["choices"],
        "text": said([first, *rest]),
    }
    file = CONTEXTS / f"{name}.json"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == json.loads(file.read_text())


@pytest.mark.parametrize("wanted", [["citations"], ["intent"], ["all_retrieved_documents"], ALL, []])
async def test_include_contexts_chooses(wanted, offline, person):
    first, *_ = await chunks(CASES["azure_search"], offline, person, include_contexts=wanted)
    assert set(first.choices[0].delta.context) == set(wanted)


async def test_the_context_comes_first_with_the_role_and_before_any_text(offline, person):
    first, *rest = await chunks(CASES["azure_search"], offline, person)
    delta = first.choices[0].delta
    assert (delta.role, delta.content, first.choices[0].end_turn) == ("assistant", None, False)
    assert first.object == "chat.completion.chunk"
    assert not any(choice.delta.context for each in rest for choice in each.choices if choice.delta)
    assert "[doc1]" in said(rest)


async def test_only_the_last_chunk_ends_the_turn(offline, person):
    found = await chunks(CASES["azure_search"], offline, person)
    turns = [choice.end_turn for each in found for choice in each.choices]
    assert (set(turns[:-1]), turns[-1]) == ({False}, True)


async def test_the_intent_is_a_string_that_holds_a_list(offline, person):
    first, *_ = await chunks(CASES["azure_search"], offline, person)
    intent = first.choices[0].delta.context["intent"]
    assert json.loads(intent) == queries(intent) == [QUESTION["content"]]


async def test_the_third_example_s_intent_is_understood():
    sent = REQUESTS["follow_up"]["messages"][1]["context"]["intent"]
    assert queries(sent) == ["cat care"]


def test_there_are_the_reference_s_seven_examples():
    assert len(REQUESTS) == 7
    files = {each.stem for each in CONTEXTS.glob("*.json")}
    assert files == set(CASES)
