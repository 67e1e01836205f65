"""LiteLLM by both of its roads to us, `openai/` and `azure/`, against a server that runs."""

import asyncio

import openai
import pytest

from tests.api.asked import CALLED, HELLO, LEAVE, NAMED, TOOL, Weather

# It looks at every attribute of its own values, and so at those that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:pydantic.warnings.PydanticDeprecatedSince211")


@pytest.fixture(scope="module")
def litellm():
    """Imported with its own price map: otherwise it would fetch one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        import litellm

        yield litellm


@pytest.fixture(params=["openai", "azure"])
def ask(request, litellm, address, key, offline):
    """One of the two roads; a streamed answer is a list of its chunks. Not its async road: that leaves tasks behind."""
    facts = {"model": f"{request.param}/offline", "api_key": key.secret, "max_retries": 0, "timeout": 20}
    if request.param == "azure":
        facts |= {"api_base": address, "api_version": "2024-10-21"}
    else:
        facts["api_base"] = f"{address}/v1"

    def asked(more):
        answer = litellm.completion(**facts, **more)
        return list(answer) if more.get("stream") else answer

    yield lambda **more: asyncio.to_thread(asked, more)
    for client in litellm.in_memory_llm_clients_cache.cache_dict.values():
        if isinstance(client, openai.OpenAI):
            client.close()


async def test_chat(ask):
    answer = await ask(messages=HELLO, seed=7, user="someone", stop=["\n\n\n"])
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens > answer.usage.completion_tokens > 0


async def test_chat_streamed(ask):
    chunks = await ask(messages=HELLO, stream=True, stream_options={"include_usage": True})
    said = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert said == (await ask(messages=HELLO)).choices[0].message.content
    assert chunks[-1].usage.completion_tokens > 0


async def test_tools_are_the_programs_to_call(ask):
    asked = {"messages": [{"role": "user", "content": "weather in Paris?"}], "tools": [TOOL], "tool_choice": CALLED}
    answer = await ask(**asked)
    (call,) = answer.choices[0].message.tool_calls
    assert (call.function.name, answer.choices[0].finish_reason) == ("weather", "tool_calls")
    chunks = await ask(stream=True, **asked)
    names = [one.function.name for each in chunks for one in each.choices[0].delta.tool_calls or () if one.function]
    assert "weather" in names


async def test_structured_output(ask):
    answer = await ask(messages=[{"role": "user", "content": "Weather as JSON"}], response_format=Weather)
    assert isinstance(Weather.model_validate_json(answer.choices[0].message.content), Weather)


async def test_data_sources_come_with_their_context(ask, stored):
    answer = await ask(messages=LEAVE, extra_body={"data_sources": [NAMED]})
    message = answer.choices[0].message
    assert "[doc1]" in message.content
    assert message.provider_specific_fields["context"]["citations"][0]["verdict"] == "supported"
