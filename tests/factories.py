"""Plain functions that make rows with defaults; a test overrides only what it is about."""

import uuid
from datetime import date
from decimal import Decimal

from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from conversations.models import (
    Assistant,
    Budget,
    Call,
    Chunk,
    Conversation,
    DataSource,
    Deployment,
    Document,
    Evidence,
    Message,
    Price,
    Purpose,
    Stage,
    State,
    User,
)
from conversations.models.passage import having
from conversations.texts.words import terms
from conversations.views.access import sign_new_chat


def make_person(username="alice", **facts):
    return User.objects.create_user(username, password="correct horse", **facts)


def make_deployment(name="model", *, kind="openai", address="http://127.0.0.1:9/v1", key="sk-canary", **facts):
    deployment = Deployment(name=name, kind=kind, endpoint="" if kind == "offline" else address, **facts)
    deployment.set_key("" if kind == "offline" else key)
    deployment.save()
    return deployment


def make_price(deployment, *, since=date(2026, 1, 1), prompt="2", cached="0.5", completion="10"):
    """A price list's line, per million tokens."""
    amounts = {"prompt": prompt, "cached": cached, "completion": completion}
    amounts = {name: amount and Decimal(amount) for name, amount in amounts.items()}
    return Price.objects.create(deployment=deployment, since=since, **amounts)


def make_budget(*, soft=None, hard=None, **facts):
    """Everybody's, in money, for each of them, unless told otherwise."""
    return Budget.objects.create(soft=soft, hard=hard, **facts)


def make_conversation(owner, *, deployment=None, text="Hello?", **facts):
    """A conversation with one question and one pending answer that nobody writes yet."""
    conversation = Conversation.start(owner, id=uuid.uuid4(), text=text, deployment=deployment)
    for name, value in facts.items():
        setattr(conversation, name, value)
    conversation.save()
    return conversation


def make_turn(conversation, question="Hello?", answer="Hi.", state=State.COMPLETE, **facts):
    """A question with an answer that has ended."""
    turn = conversation.ask(question, **facts)
    Message.objects.filter(pk=turn.answer.pk).update(text=answer, state=state)
    turn.answer.refresh_from_db()
    conversation.refresh_from_db()
    return turn


def make_source(name="Employee handbook", **facts):
    """A data source that everybody may ask; nothing answers at its address."""
    groups = facts.pop("groups", [])
    source = DataSource(name=name, **facts)
    key = {"type": "encoded_api_key", "encoded_api_key": "sk-canary"}
    source.configure(
        "elasticsearch", {"endpoint": "http://127.0.0.1:9", "index_name": "handbook", "authentication": key}
    )
    source.save()
    source.groups.set(groups)
    return source


def make_assistant(name="Helper", *, deployment=None, instructions="Be kind.", **facts):
    """An assistant that everybody may ask."""
    sources = facts.pop("sources", [])
    made = Assistant(name=name, deployment=deployment or make_deployment("of-helper"), **facts)
    made.write(instructions)
    made.sources.set(sources)
    return made


def make_evidence(answer, number=1, content="You may take 18 weeks. A block is two weeks long.", **facts):
    """A passage that `answer` was given as [doc<number>], or with 0 one that was left out."""
    given = {"title": "Leave policy", "page": 3, "source_name": "Employee handbook", "queries": ["parental leave"]}
    position = answer.evidence.count()
    return Evidence.objects.create(
        message=answer, number=number, position=position, content=content, **{**given, **facts}
    )


def make_attempt(owner, deployment, *, started=None, prompt=100, completion=10, cached=0, **facts):
    """An answer that ended at once, with what was recorded about it."""
    turn = make_turn(make_conversation(owner, deployment=deployment))
    attempt = turn.answer.attempts.get()
    usage = {"prompt_tokens": prompt, "completion_tokens": completion}
    usage |= {"prompt_tokens_details": {"cached_tokens": cached}} if cached else {}
    attempt.started = started or attempt.started
    attempt.save()
    attempt.record(**{"usage": usage, "first_token_ms": 400, "duration_ms": 2000, **facts})
    return attempt


def make_call(person, deployment, purpose=Purpose.EMBEDDING, *, started=None, **usage):
    """Something that a deployment was asked beside answers."""
    call = Call.record(purpose, usage, reader=person and person.reader(), deployment=deployment and deployment.pk)
    call.started = started or call.started
    call.save()
    return call


def client_of(person):
    client = AsyncClient()
    async_to_sync(client.aforce_login)(person)
    return client


def browser_of(person):
    """A synchronous client, for pages alone; that this browser is signed in has been noted already."""
    client = Client()
    client.force_login(person)
    client.get("/healthz")
    return client


def new_chat(person):
    """The address of a new chat and its proof, as the page of a new chat carries them."""
    pk = uuid.uuid4()
    return pk, sign_new_chat(person, pk)


def question(person, text="hello", **fields):
    """Address and form of the first question of a new chat."""
    pk, key = new_chat(person)
    return f"/c/{pk}/ask", {"text": text, "client_id": str(uuid.uuid4()), "key": key, **fields}


async def aclient_of(person):
    """`client_of` for inside an asynchronous test."""
    client = AsyncClient()
    await client.aforce_login(person)
    return client


def make_document(collection, title="Leave", *texts, **facts):
    """A document that has been read, with these passages; its file is not there."""
    facts = {"filename": f"{title}.md", "kind": "md", "file": uuid.uuid4().hex, "size": 9, "sha256": "0" * 64, **facts}
    document = collection.documents.create(title=title, **facts)
    document.queue()
    assert document.take("factory")
    chunks = [
        Chunk(
            document=document, collection=collection, position=at, content=text, titles="", words=" ".join(terms(text))
        )
        for at, text in enumerate(texts or ["You get 90 days."])
    ]
    assert document.stage("factory", chunks, None, [])
    words = having((each.titles, each.words) for each in chunks)
    assert document.switch("factory", words, chunks_count=len(chunks), read_sha256="0" * 64)
    Document.objects.filter(pk=document.pk).update(state=Stage.READY, runner="")
    document.refresh_from_db()
    return document
