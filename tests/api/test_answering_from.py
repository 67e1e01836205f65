"""Answers of programs from stored sources: they end with the right to them, and a fallback tells them anew."""

import json

import pytest

from conversations.api import lasting
from conversations.completions.errors import UnknownHost
from conversations.completions.offline.transport import OfflineTransport
from conversations.models import DataSource
from tests.api.test_data_sources import CHAT, body, named


async def test_a_source_that_is_taken_away_ends_what_is_answered_from_it(
    program, stored, deployment, upstream, monkeypatch
):
    monkeypatch.setattr(lasting, "LOOK", 0.05)
    upstream.reply('["parental leave"]')
    upstream.stall("Twenty-six ")
    response = await program.post(CHAT, body(named(), model=deployment.name, stream=True))
    await DataSource.objects.aupdate(enabled=False)
    said = b"".join([each async for each in response.streaming_content]).decode()
    assert ("access_revoked" in said, "[DONE]" in said) == (True, False)


@pytest.fixture
async def busy(deployment, offline, upstream):
    """A deployment that is too busy for what to search for and for the answer, so that another takes over."""
    await type(deployment).objects.filter(pk=deployment.pk).aupdate(fallback=offline)
    for _ in ("intent", "answer"):
        upstream.fail(429, headers={"Retry-After": "30"})
    return deployment


async def test_a_fallback_is_no_second_context(program, stored, busy):
    response = await program.post(CHAT, body(named(), model=busy.name, stream=True))
    lines = b"".join([each async for each in response.streaming_content]).decode().splitlines()
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]
    deltas = [choice["delta"] for each in chunks for choice in each["choices"]]
    assert ["context" in each for each in deltas].count(True) == 1
    assert "context" in deltas[0]
    assert "twenty-six weeks" in "".join(each.get("content") or "" for each in deltas)


async def test_a_fallback_that_fails_too_has_a_status_of_its_own(program, stored, busy, monkeypatch):
    def fail(*args, **facts):
        raise UnknownHost("There is no host named nowhere.")

    monkeypatch.setattr(OfflineTransport, "handle_async_request", fail)
    response = await program.post(CHAT, body(named(), model=busy.name, stream=True))
    assert response.status_code == 502
