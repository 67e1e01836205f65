"""The fake upstream is believed by a client that is not ours, and can be reached from other processes."""

import subprocess
import sys

import openai
import pytest

from tests.upstream import FakeUpstream

ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}


def clients(upstream: FakeUpstream) -> dict[str, openai.AsyncOpenAI]:
    azure = openai.AsyncAzureOpenAI(
        azure_endpoint=upstream.address, api_key="k", api_version="2024-10-21", max_retries=0
    )
    plain = openai.AsyncOpenAI(base_url=f"{upstream.address}/v1", api_key="k", max_retries=0)
    return {"openai": plain, "azure": azure}


@pytest.mark.parametrize("kind", ["openai", "azure"])
async def test_official_client_reads_its_streams(upstream: FakeUpstream, kind: str) -> None:
    upstream.reply("Hel", "lo")
    async with clients(upstream)[kind] as client:
        options = {"include_usage": True}
        stream = await client.chat.completions.create(**ASKED, stream=True, stream_options=options)
        chunks = [chunk async for chunk in stream]
    deltas = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(each or "" for each in deltas) == "Hello"
    assert chunks[-1].usage.total_tokens == 9
    assert len({chunk.id for chunk in chunks if chunk.choices}) == 1


async def test_official_client_reads_its_whole_answers(upstream: FakeUpstream) -> None:
    upstream.reply("Hel", "lo")
    async with clients(upstream)["openai"] as client:
        answer = await client.chat.completions.create(**ASKED)
    assert answer.choices[0].message.content == "Hello"


async def test_official_client_understands_its_errors(upstream: FakeUpstream) -> None:
    upstream.fail(429, code="insufficient_quota")
    async with clients(upstream)["openai"] as client:
        with pytest.raises(openai.RateLimitError) as error:
            await client.chat.completions.create(**ASKED)
    assert error.value.code == "insufficient_quota"


def test_other_processes_can_ask_it() -> None:
    program = (
        "import sys, urllib.request as r;"
        "print(r.build_opener(r.ProxyHandler({})).open(sys.argv[1] + '/v1/chat/completions', b'{}').read().decode())"
    )
    with FakeUpstream().threaded() as upstream:
        upstream.reply("Hello")
        done = subprocess.run(
            [sys.executable, "-c", program, upstream.address], capture_output=True, text=True, timeout=30, check=True
        )
    assert "Hello" in done.stdout
    assert upstream.requests[0].method == "POST"


async def test_request_that_nobody_scripted_is_refused(upstream: FakeUpstream) -> None:
    async with clients(upstream)["openai"] as client:
        with pytest.raises(openai.APIStatusError) as error:
            await client.chat.completions.create(**ASKED)
    assert error.value.status_code == 418
