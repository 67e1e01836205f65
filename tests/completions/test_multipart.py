"""Forms piece by piece: however the body is cut, the same parts come out; what is no form is said."""

import random

import pytest

from conversations.completions.multipart import Form, Malformed, Part, TooLarge, Writer

BODY = (
    b"preamble\r\n--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="t\xc3\xa4pe.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    b"RIFF\r\n--not the boundary\r\n\r\n--\r\n--b\r\n"
    b'Content-Disposition: form-data; name="empty"\r\n\r\n\r\n--b--\r\nepilogue'
)  # fmt: skip


async def cut(body, *places):
    last = 0
    for place in sorted({*places, len(body)}):
        yield body[last:place]
        last = place


def form(body, *places, largest=1000):
    return Form(cut(body, *places), b"b", largest=largest)


async def read(made):
    await made.begin()
    return made.fields, made.file, b"".join([each async for each in made.content()])


@pytest.mark.parametrize("seed", range(30))
async def test_however_it_is_cut_it_reads_the_same(seed):
    places = random.Random(seed).sample(range(len(BODY)), seed + 1)
    made = form(BODY, *places)
    before, file, content = await read(made)
    assert before == [("model", "whisper")]
    assert file == Part("file", "täpe.wav", "audio/wav")
    assert content == b"RIFF\r\n--not the boundary\r\n\r\n--"
    assert made.fields == [("model", "whisper"), ("empty", "")]


async def test_put_aside_it_reads_the_same_and_leaves_nothing():
    made = form(BODY)
    await made.begin()
    await made.put_aside()
    assert made.fields[-1] == ("empty", "")
    assert b"".join([each async for each in made.content()]) == b"RIFF\r\n--not the boundary\r\n\r\n--"
    made.close()


async def test_what_is_written_reads_as_it_was():
    writer = Writer()
    part = Part("file", 'a"b\r\nX: y.wav', "audio/wav")
    body = writer.fields([("model", "m\u00fc"), ("a", "\r\n--b--")]) + writer.file(part) + b"RIFF\r\n"
    body += writer.fields([("after", "1")]) + writer.end()
    boundary = writer.content_type.partition("boundary=")[2].encode()
    made = Form(cut(body), boundary, largest=1000)
    fields, file, content = await read(made)
    assert fields == [("model", "mü"), ("a", "\r\n--b--")]
    assert file == Part("file", "a%22b  X: y.wav", "audio/wav")
    assert content == b"RIFF"
    assert made.fields[-1] == ("after", "1")


async def test_a_file_over_the_limit_ends_it():
    with pytest.raises(TooLarge):
        await read(form(BODY, largest=5))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        b"--b",
        b"--bx\r\n",
        BODY[:150],
        b"--b\r\nX: y\r\n\r\nnameless\r\n--b--\r\n",
        b"--b\r\n" + b"X: " + b"y" * 9000,
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="1"\r\n\r\n1\r\n' * 2 + b"--b--\r\n",
    ],
)
async def test_what_is_no_form_is_said(body):
    with pytest.raises(Malformed):
        await read(form(body))
