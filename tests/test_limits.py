"""What is too large is refused in words, before it costs anything."""

from conversations.models import Message
from tests import factories


async def test_a_question_of_a_megabyte_is_refused_and_said_why(signed_in, person, offline):
    address, form = factories.question(person, "x" * 1_000_000)
    response = await signed_in.post(address, form, headers={"HX-Request": "true"})
    assert response.status_code == 413
    assert "1,000,000 characters" in response.content.decode()
    assert not await Message.objects.aexists()


async def test_without_htmx_the_refused_text_comes_back(signed_in, person, offline, settings):
    settings.MAX_QUESTION = 10
    address, form = factories.question(person, "a question that is too long")
    response = await signed_in.post(address, form)
    assert response.status_code == 413
    assert "a question that is too long" in response.content.decode()


async def test_a_body_over_the_limit_is_not_even_read(settings):
    from chatapp.limits import limit_body

    settings.MAX_BODY = 100
    sent, read = [], []

    async def inner(scope, receive, send):
        read.append(await receive())

    async def send(event):
        sent.append(event)

    async def receive():
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    await limit_body(inner)({"headers": [(b"content-length", b"101")]}, receive, send)
    assert sent[0]["status"] == 413
    assert not read

    async def greedy(scope, receive, send):
        read.extend([await receive(), await receive()])

    await limit_body(greedy)({"headers": []}, receive, send)
    assert read[-1]["type"] == "http.disconnect"


async def test_an_empty_question_is_refused(signed_in, person, offline):
    address, form = factories.question(person, "  \n ")
    response = await signed_in.post(address, form, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "Write a question first." in response.content.decode()


async def test_a_damaged_form_is_refused(signed_in, person, offline):
    address, form = factories.question(person, parent="no-uuid")
    response = await signed_in.post(address, form, headers={"HX-Request": "true"})
    assert response.status_code == 422
