"""LangChain's two chat models, against a server that runs: what they read of an answer is what we sent."""

import openai
import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import AzureChatOpenAI, ChatOpenAI

from tests.api.asked import LEAVE, NAMED, TOOL, Weather


@pytest.fixture(params=["OpenAI", "Azure"])
async def model(request, address, key, offline):
    """Makes one of the two, or of their heirs; `facts` are its options."""
    async with openai.DefaultAsyncHttpxClient() as http:

        def made(openai=ChatOpenAI, azure=AzureChatOpenAI, **facts):
            facts = {"max_retries": 0, "timeout": 20, "api_key": key.secret, "http_async_client": http, **facts}
            if request.param == "OpenAI":
                return openai(model="offline", base_url=f"{address}/v1", **facts)
            facts |= {"azure_deployment": "offline", "azure_endpoint": address, "api_version": "2024-10-21"}
            return azure(**facts)

        yield made


async def test_chat(model):
    answer = await model(temperature=0.2, seed=7, stop=["\n\n\n"]).ainvoke("hello")
    assert answer.content
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.usage_metadata["total_tokens"] > answer.usage_metadata["output_tokens"] > 0


async def test_chat_streamed(model):
    asked = model(stream_usage=True)
    pieces = [each async for each in asked.astream("hello")]
    assert len(pieces) > 2
    whole = sum(pieces[1:], pieces[0])
    assert whole.content == (await asked.ainvoke("hello")).content
    assert whole.response_metadata["finish_reason"] == "stop"
    assert whole.usage_metadata["output_tokens"] > 0


async def test_tools_are_called_and_their_results_taken(model):
    asked = model().bind_tools([TOOL], tool_choice="weather")
    question = HumanMessage("weather in Paris?")
    answer = await asked.ainvoke([question])
    (call,) = answer.tool_calls
    assert (call["name"], set(call["args"])) == ("weather", {"city"})
    pieces = [each async for each in asked.astream([question])]
    (again,) = sum(pieces[1:], pieces[0]).tool_calls
    assert (again["name"], again["args"]) == (call["name"], call["args"])
    result = ToolMessage("18 degrees, cloudy", tool_call_id=call["id"])
    assert (await model().bind_tools([TOOL]).ainvoke([question, answer, result])).content


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
async def test_structured_output(model, method):
    found = await model().with_structured_output(Weather, method=method, include_raw=True).ainvoke("Weather as JSON")
    if method == "json_mode":  # no schema goes along: that it is JSON is all that can be said
        assert found["raw"].content.startswith("{")
    else:
        assert isinstance(found["parsed"], Weather), found


class WithContext:
    """LangChain reads what it knows of an answer; this keeps its documents (docs/migrating-from-on-your-data.md)."""

    def _create_chat_result(self, response, generation_info=None):
        result = super()._create_chat_result(response, generation_info)
        for made, choice in zip(result.generations, response.choices, strict=True):
            made.message.additional_kwargs["context"] = choice.message.model_extra.get("context")
        return result


class Grounded(WithContext, ChatOpenAI):
    pass


class AzureGrounded(WithContext, AzureChatOpenAI):
    pass


OLD_WAY = pytest.mark.filterwarnings("ignore:Parameters {'extra_body'} should be specified explicitly")


@pytest.mark.parametrize("way", ["extra_body", "bound", pytest.param("model_kwargs", marks=OLD_WAY)])
async def test_data_sources_come_with_their_context(model, stored, way):
    sources = {"extra_body": {"data_sources": [NAMED]}}
    if way == "bound":
        asked = model(Grounded, AzureGrounded).bind(**sources)
    else:
        facts = {"model_kwargs": sources} if way == "model_kwargs" else sources
        asked = model(Grounded, AzureGrounded, **facts)
    answer = await asked.ainvoke(LEAVE)
    assert "[doc1]" in answer.content
    assert answer.additional_kwargs["context"]["citations"][0]["verdict"] == "supported"
    said = [each.content async for each in asked.astream(LEAVE)]
    assert "".join(said) == answer.content
