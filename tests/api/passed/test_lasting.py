"""What is passed on in the meantime: it ends when its right does, is written down however it ends, is tried again."""

import asyncio
from importlib import import_module

import httpx
import openai
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group

from conversations.api import lasting
from conversations.models import ApiKey, Call, Deployment, User
from tests.api.conftest import noted
from tests.api.passed.test_audio import PATH, form

road = import_module("conversations.answering.stream")  # the package has a function of this name
SPEECH = {"model": "media", "voice": "alloy", "input": "Hello"}
BUSY = 429, {"error": {"message": "Slow down", "code": "429"}}


def suspended(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def revoked(person):
    ApiKey.objects.get(owner=person).revoke()


def ungranted(person):
    Deployment.objects.get(name="media").groups.add(Group.objects.create(name="Others"))


@pytest.fixture(params=[suspended, revoked, ungranted], ids=lambda lose: lose.__name__)
def lose(request, person, monkeypatch):
    monkeypatch.setattr(lasting, "LOOK", 0.05)
    return lambda: sync_to_async(request.param)(person)


async def left(studio):
    async with asyncio.timeout(5):
        while not studio.gone:  # noqa: ASYNC110 - counted on another task
            await asyncio.sleep(0.01)


async def test_speech_is_cut_off_when_its_right_is_lost(client, studio, lose):
    studio.held = asyncio.Event()
    async with client.audio.speech.with_streaming_response.create(**SPEECH) as response:
        pieces = response.iter_bytes()
        assert await anext(pieces) == b"ID3"
        await lose()
        with pytest.raises(Exception, match="incomplete chunked read"):
            await asyncio.wait_for(anext(pieces), 5)
    await left(studio)
    assert not lasting._open


async def test_a_stream_says_why_it_ends(client, studio, lose):
    studio.held = asyncio.Event()
    stream = aiter(await client.completions.create(model="media", prompt="Hi", stream=True))
    assert (await anext(stream)).choices[0].text == "Hel"
    await lose()
    with pytest.raises(openai.APIError, match="taken away"):
        await asyncio.wait_for(anext(stream), 5)
    await left(studio)


async def test_an_upload_that_nobody_may_send_any_more_ends(server, key, studio, monkeypatch):
    monkeypatch.setattr(lasting, "LOOK", 0.05)
    body = form(("file", b"a" * 300_000, "tape.wav"))

    async def pieces():
        yield body[:200_000]
        await asyncio.Event().wait()

    async with httpx.AsyncClient(timeout=10) as asking:
        headers = {"api-key": key, "Content-Type": "multipart/form-data; boundary=b0undary"}
        sent = asyncio.create_task(asking.post(f"{server}{PATH}", content=pieces(), headers=headers))
        async with asyncio.timeout(10):
            while not studio.heard or studio.heard[0].size < 100_000:  # noqa: ASYNC110 - counted on another task
                await asyncio.sleep(0.01)
            await sync_to_async(lambda: ApiKey.objects.get().revoke())()
            while studio.open:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.01)
        sent.cancel()
        await asyncio.gather(sent, return_exceptions=True)


async def test_who_keeps_their_right_keeps_their_answer(client, studio, monkeypatch):
    monkeypatch.setattr(lasting, "LOOK", 0.02)
    studio.held = asyncio.Event()
    async with client.audio.speech.with_streaming_response.create(**SPEECH) as response:
        pieces = response.iter_bytes()
        await anext(pieces)
        await asyncio.sleep(0.2)
        studio.held.set()
        assert b"".join([each async for each in pieces]) == b"sound"


async def test_a_database_that_fails_for_a_moment_ends_nothing(client, studio, monkeypatch):
    monkeypatch.setattr(lasting, "LOOK", 0.02)
    monkeypatch.setattr(lasting, "_lost", failing := Failing())
    studio.held = asyncio.Event()
    async with client.audio.speech.with_streaming_response.create(**SPEECH) as response:
        pieces = response.iter_bytes()
        await anext(pieces)
        async with asyncio.timeout(5):
            while failing.times < 2:  # noqa: ASYNC110 - counted on another task
                await asyncio.sleep(0.01)
        studio.held.set()
        assert b"".join([each async for each in pieces]) == b"sound"


class Failing:
    times = 0

    def __call__(self, rights):
        from django.db import OperationalError

        self.times += 1
        raise OperationalError


async def test_what_a_caller_that_hangs_up_was_given_is_a_call_of_unknown_cost(client, studio, person):
    """As an answer is that somebody stopped: nobody was told what it took, and it is no zero."""
    studio.held = asyncio.Event()
    async with client.audio.speech.with_streaming_response.create(**SPEECH) as response:
        await anext(response.iter_bytes())
    (call,) = await noted()
    key = await ApiKey.objects.aget()
    assert (call.purpose, call.person_id, call.key_id, call.cost) == ("api", person.pk, key.pk, None)


async def test_a_busy_deployment_is_asked_again_before_its_first_byte(client, studio):
    studio.refusals, studio.headers = [BUSY, BUSY], {"Retry-After": "0"}
    assert (await client.completions.create(model="media", prompt="Hi")).choices[0].text == "Hello."
    assert len(studio.heard) == 3
    assert len(await noted()) == 1


async def test_one_that_stays_busy_says_until_when_and_what_is_left(client, studio, monkeypatch):
    monkeypatch.setattr(road, "LONGEST_WAIT", 6)
    studio.refusals, studio.headers = [BUSY], {"Retry-After": "7", "x-ratelimit-remaining-tokens": "0"}
    with pytest.raises(openai.RateLimitError) as refused:
        await client.completions.create(model="media", prompt="Hi")
    headers = refused.value.response.headers
    assert (headers["retry-after"], headers["x-ratelimit-remaining-tokens"]) == ("7", "0")
    assert len(studio.heard) == 1
    assert not await Call.objects.aexists()


async def test_an_upload_is_not_sent_twice(client, studio):
    studio.refusals, studio.headers = [BUSY], {"Retry-After": "0"}
    with pytest.raises(openai.RateLimitError):
        await client.audio.transcriptions.create(model="media", file=("tape.wav", b"RIFF", "audio/wav"))
    assert len(studio.heard) == 1


async def test_what_is_left_of_limits_comes_with_the_answer(client, studio):
    studio.headers = {"x-ratelimit-remaining-requests": "41"}
    response = await client.audio.speech.with_raw_response.create(**SPEECH)
    assert response.headers["x-ratelimit-remaining-requests"] == "41"
