"""Audio to text through a running server: forms in every order, formats, limits, and never a whole file in memory."""

import asyncio

import httpx
import openai
import pytest
from asgiref.sync import sync_to_async

from tests.api.conftest import noted

TAPE = ("tape.wav", b"RIFF" + bytes(range(256)) * 40, "audio/wav")
PATH = "/openai/deployments/media-azure/audio/transcriptions?api-version=2024-10-01-preview"


async def test_a_transcription_by_the_official_client(client, studio):
    answer = await client.audio.transcriptions.create(
        model="media", file=TAPE, language="en", prompt="Names: Ada", temperature=0.5
    )
    assert answer.text == "Hello from the tape."
    form = {name: (file, content) for name, file, content in studio.heard[0].form}
    assert form["file"] == ("tape.wav", TAPE[1])
    assert form["model"] == (None, b"media-1")
    assert form["language"] == (None, b"en")
    (call,) = await noted()
    assert (call.purpose, call.prompt, call.completion) == ("api", 14, 5)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # by the client, for verbose translations
async def test_a_translation_by_azures_client(azure, studio):
    answer = await azure.audio.translations.create(model="media-azure", file=TAPE, response_format="verbose_json")
    assert answer.text == "Hello from the tape."
    assert answer.segments[0].end == 1.5
    assert studio.heard[0].path == "/openai/deployments/media-2/audio/translations"


@pytest.mark.parametrize("wanted", ["text", "srt", "vtt"])
async def test_texts_come_as_text(client, wanted):
    answer = await client.audio.transcriptions.create(model="media", file=TAPE, response_format=wanted)
    assert answer == "Hello from the tape.\n"


async def test_timestamps_for_words(client, studio):
    granularities = {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]}
    await client.audio.transcriptions.create(model="media", file=TAPE, **granularities)
    sent = [content for name, _, content in studio.heard[0].form if name == "timestamp_granularities[]"]
    assert sent == [b"word", b"segment"]


def form(*parts, boundary="b0undary", end=True):
    """A multipart body; a part is name, value, and a file's name if it is one."""
    body = b""
    for name, value, *file in parts:
        more = f'; filename="{file[0]}"\r\nContent-Type: audio/wav' if file else ""
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        )
    return body + (f"--{boundary}--\r\n".encode() if end else b"")


async def post(server, key, path, body, **headers):
    given = {"api-key": key, "Content-Type": "multipart/form-data; boundary=b0undary", **headers}
    async with httpx.AsyncClient(timeout=30) as client:
        return await client.post(f"{server}{path}", content=body, headers=given)


async def test_the_model_may_stand_after_the_file(server, key, studio):
    body = form(("file", TAPE[1], "tape.wav"), ("response_format", b"json"), ("model", b"media"))
    response = await post(server, key, "/v1/audio/transcriptions", body)
    assert response.json()["text"] == "Hello from the tape."
    sent = {name: content for name, _, content in studio.heard[0].form}
    assert sent == {"model": b"media-1", "file": TAPE[1], "response_format": b"json"}


async def test_a_file_goes_on_while_it_still_comes(server, key, studio):
    """Half of it has arrived upstream before the other half was sent."""
    more = asyncio.Event()
    body = form(("file", b"a" * 300_000 + b"b" * 300_000, "tape.wav"))

    async def pieces():
        yield body[:300_000]
        await more.wait()
        yield body[300_000:]

    asking = asyncio.create_task(post(server, key, PATH, pieces()))
    async with asyncio.timeout(10):
        while not studio.heard or studio.heard[0].size < 250_000:  # noqa: ASYNC110 - counted on another task
            await asyncio.sleep(0.01)
    more.set()
    assert (await asking).json()["text"] == "Hello from the tape."
    assert studio.heard[0].end.count(b"b" * 100_000) == 1


async def test_a_caller_that_goes_away_in_mid_file_ends_it_upstream(server, key, studio):
    body = form(("file", b"a" * 300_000, "tape.wav"))

    async def pieces():
        yield body[:200_000]
        await asyncio.Event().wait()

    asking = asyncio.create_task(post(server, key, PATH, pieces()))
    async with asyncio.timeout(10):
        while not studio.heard or studio.heard[0].size < 100_000:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)
        asking.cancel()
        while studio.open:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)


FILE = ("file", b"RIFF", "tape.wav")


@pytest.mark.parametrize(
    ("parts", "param", "code"),
    [
        ([("model", b"media")], "file", "missing_required_parameter"),
        ([("audio", b"RIFF", "tape.wav")], "file", "missing_required_parameter"),
        ([("file", b"MZ", "tape.exe")], "file", "unsupported_format"),
        ([("temperature", b"1.5"), FILE], "temperature", "invalid_type"),
        ([("temperature", b"warm"), FILE], "temperature", "invalid_type"),
        ([FILE, ("response_format", b"docx")], "response_format", "invalid_type"),
        ([FILE, ("timestamp_granularities[]", b"word")], "timestamp_granularities[]", "invalid_value"),
        ([("timestamp_granularities[]", b"year"), FILE], "timestamp_granularities[][0]", "invalid_type"),
        ([FILE, FILE], None, "invalid_form"),
        ([("a", b"")] * 101 + [FILE], None, "invalid_form"),
        ([("prompt", b"x" * 256_001), FILE], None, "invalid_form"),
    ],
)
async def test_what_does_not_fit_is_refused(server, key, studio, parts, param, code):
    response = await post(server, key, PATH, form(*parts))
    assert response.status_code == 400, response.text
    assert (response.json()["error"]["param"], response.json()["error"]["code"]) == (param, code)


async def test_a_form_that_breaks_off_is_refused(server, key):
    response = await post(server, key, PATH, form(FILE, end=False))
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_form")


async def test_json_in_place_of_a_form_is_refused(server, key):
    response = await post(server, key, PATH, b"{}", **{"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["param"]) == (400, "file")


async def test_the_door_is_shut_before_anything_is_read(server, key):
    response = await post(server, "nonsense", PATH, form(FILE))
    assert (response.status_code, response.json()["error"]["code"]) == (401, "invalid_api_key")


async def test_a_file_over_the_limit_is_refused(client, server, key, studio, settings):
    settings.MAX_AUDIO = 100_000
    big = ("tape.wav", b"x" * 100_001, "audio/wav")
    with pytest.raises(openai.APIStatusError) as caught:
        await client.audio.transcriptions.create(model="media", file=big)
    assert (caught.value.status_code, caught.value.code) == (413, "request_too_large")
    assert "100,000 bytes" in caught.value.message
    await sync_to_async(setattr)(settings, "MAX_BODY", 1000)
    response = await post(server, key, PATH, form(("file", b"x" * 200_000, "tape.wav")))  # by its length alone
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")


async def test_what_stands_in_a_name_cannot_break_the_form(server, key, studio):
    body = form(("file", b"RIFF", 'a%22; name=x"; y=".wav'), ("pro\\mpt", b"hi"))
    response = await post(server, key, PATH, body)
    assert response.status_code in {200, 400}
    for heard in studio.heard:
        assert [name for name, file, _ in heard.form if file is not None] == ["file"]
