"""Every route as somebody it is not for: strangers find nothing, the anonymous are sent to sign in.

The routes come from the URL configuration: one that nobody registered here fails the test.
"""

import uuid

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conversations.api import urls as api
from conversations.models import ApiKey, Assistant, Collection, Conversation, Document, Message, Prompt, Share
from conversations.views.access import may_start, sign_new_chat
from tests import factories
from tests.tab import Tab

PUBLIC = {"healthz", "readyz", "account_login", "account_logout", "demo_sign_in"}
PUBLIC |= {"company_logo", "company_css"}  # they stand on the sign-in page
PUBLIC |= {"openapi"}  # it says nothing of this company
PROMPT, COLLECTION, DOCUMENT, FILE, KEY, ASSISTANT, SOURCE, SESSION = range(900_077, 900_085)  # no sequence gets there
TOKEN = "a-token_of-24-random-bytes"
OF_A_COLLECTION = {
    "collection": "",
    "upload": "upload",
    "paste": "paste",
    "reindex": "reindex",
    "delete_collection": "delete",
    "take_back_collection": "take-back",
    "purge_collection": "purge",
}
OF_A_DOCUMENT = {
    "document": "",
    "original": "original",
    "read_again": "again",
    "rename_document": "rename",
    "delete_document": "delete",
    "take_back_document": "take-back",
    "purge_document": "purge",
}
OF_A_PROMPT = {"prompt", "delete_prompt"}
OF_A_KEY = {"revoke_key"}
OF_A_SOURCE = {"own_source", "test_own_source"}
OF_AN_ASSISTANT = {"assistant", "delete_assistant"}
OWN = {
    "new_chat",
    "prompts",
    "documents",
    "account",
    "calling",
    "keys",
    "assistants",
    "delete_data",
    "export_data",
    "own_sources",
    "listing",
    "archived",
    "search",
    "end_other_sessions",
    "shared_list",
}  # no object in the address: everybody has their own
OF_A_SESSION = {"end_session"}
OF_A_SHARE = {"shared", "continue_shared", "revoke_share", "shared_text", "shared_source", "shared_sources"}
OF_A_FILE = {"picture", "remove_file"}
OF_A_CONVERSATION = {"conversation", "ask", "files", "menu", "rename", "pin", "archive", "delete", "take_back"} | {
    "export_md",
    "export_json",
    "share",
}
SUFFIXES = {
    "source": "sources/1/",
    "sources": "sources/",
    "conversation": "",
    "take_back": "take-back",
    "export_md": "export.md",
    "export_json": "export.json",
    "picture": f"files/{FILE}/picture",
    "remove_file": f"files/{FILE}/remove",
}
OF_A_MESSAGE = {"message", "feedback", "text", "earlier", "stop", "continue", "regenerate", "edit"} | {
    "sources",
    "source",
}
READ = {"conversation", "message", "collection", "document", "assistant", "own_source"}
READ |= {"share", "shared", "shared_text", "shared_source"}
ELSEWHERE = ("admin/", "accounts/")  # Django's and allauth's, with tests of their own
API = {each.name for each in api.urlpatterns}  # by key: tests/api/test_strangers.py walks all of them
COMMANDS = {"ask", "feedback", "rename", "pin", "archive", "delete", "take_back", "stop", "continue"}
COMMANDS |= {"regenerate", "edit", "delete_prompt", "remove_file", "revoke_key", "delete_assistant", "test_own_source"}
COMMANDS |= {"export_data", "delete_data"}
COMMANDS |= {"end_session", "end_other_sessions"}
COMMANDS |= {"continue_shared", "revoke_share"}
COMMANDS |= (OF_A_COLLECTION.keys() | OF_A_DOCUMENT.keys()) - {"collection", "document", "original"}


def routes(resolver=None, prefix=""):
    for each in (resolver or get_resolver()).url_patterns:
        address = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, address)
        elif isinstance(each, URLPattern) and not address.startswith(ELSEWHERE):
            yield each.name, address


def test_every_route_is_registered_here():
    unknown = {name for name, _ in routes()} - PUBLIC - API - OWN - OF_A_CONVERSATION - OF_A_MESSAGE - OF_A_PROMPT
    unknown -= OF_A_COLLECTION.keys() | OF_A_DOCUMENT.keys() | OF_A_FILE | OF_A_KEY | OF_AN_ASSISTANT | OF_A_SOURCE
    unknown -= OF_A_SESSION | OF_A_SHARE
    assert not unknown, f"say above who may use these, and how a stranger is answered: {unknown}"


@pytest.fixture
def turn(person, offline):
    conversation = factories.make_conversation(person, deployment=offline)
    Prompt.objects.create(pk=PROMPT, owner=person, name="Private").write("Be kind.")
    assistant = Assistant(pk=ASSISTANT, name="Private", deployment=offline)
    assistant.write("Be kind.")
    assistant.keep_to(person)
    factories.make_source(pk=SOURCE).owners.add(person)
    ApiKey(pk=KEY, owner=person, name="report").issue()
    UserSession.objects.create(pk=SESSION, user=person, ip="127.0.0.1", session_key="hers", user_agent="x")
    group = Group.objects.create(name="Readers")
    person.groups.add(group)
    collection = Collection.objects.create(pk=COLLECTION, name="Private")
    collection.groups.add(group)
    Document.objects.create(pk=DOCUMENT, collection=collection, title="Private", filename="p.txt", size=1)
    attached = Collection.objects.create(name="Attached files", conversation=conversation)
    Document.objects.create(pk=FILE, collection=attached, title="Face", filename="f.png", kind="png", size=1)
    turn = factories.make_turn(conversation, answer="Hi.[doc1]")
    factories.make_evidence(turn.answer)
    Share.objects.create(conversation=conversation, leaf=turn.answer, token=TOKEN)
    return turn


def addresses(turn):
    conversation = f"/c/{turn.answer.conversation_id}/"
    for name in OF_A_CONVERSATION | OF_A_FILE:
        yield name, conversation + SUFFIXES.get(name, name)
    prompt = f"/prompts/{PROMPT}/"
    yield "prompt", prompt
    yield "delete_prompt", f"{prompt}delete"
    yield "assistant", f"/assistants/{ASSISTANT}/"
    yield "delete_assistant", f"/assistants/{ASSISTANT}/delete"
    yield "own_source", f"/sources/{SOURCE}/"
    yield "test_own_source", f"/sources/{SOURCE}/test"
    yield "revoke_key", f"/account/keys/{KEY}/revoke"
    yield "end_session", f"/account/sessions/{SESSION}/end"
    yield "shared", f"/s/{TOKEN}/"
    yield "continue_shared", f"/s/{TOKEN}/continue"
    yield "shared_text", f"/s/{TOKEN}/m/{turn.answer.pk}/text"
    yield "shared_sources", f"/s/{TOKEN}/m/{turn.answer.pk}/sources/"
    yield "shared_source", f"/s/{TOKEN}/m/{turn.answer.pk}/sources/1/"
    yield "revoke_share", f"/s/{TOKEN}/revoke"
    for name, end in OF_A_COLLECTION.items():
        yield name, f"/documents/{COLLECTION}/{end}"
    for name, end in OF_A_DOCUMENT.items():
        yield name, f"/documents/d/{DOCUMENT}/{end}"
        yield name, f"/documents/d/{FILE}/{end}"
    for message in (turn.question.pk, turn.answer.pk):
        for name in OF_A_MESSAGE - {"message"}:
            yield name, f"{conversation}m/{message}/{SUFFIXES.get(name, name)}"
        yield "message", f"{conversation}m/{message}/"


async def reach(client, name, address):
    form = {"text": "mine now", "title": "mine now", f"edit-{uuid.uuid4()}": "x", "key": "guessed"}
    return await (client.post(address, form) if name in COMMANDS else client.get(address))


async def test_a_stranger_finds_nothing(turn, stranger):
    client = await factories.aclient_of(stranger)
    before = await Message.objects.acount()
    for name, address in addresses(turn):
        assert (await reach(client, name, address)).status_code == 404, address
    assert await Message.objects.acount() == before


async def test_plain_staff_find_nothing_either(turn):
    client = await factories.aclient_of(await make_staff())
    for name, address in addresses(turn):
        assert (await reach(client, name, address)).status_code == 404, address


async def make_staff():
    return await sync_to_async(factories.make_person)("stan", is_staff=True)


async def test_the_anonymous_are_sent_to_sign_in(turn, anonymous):
    for name, address in [*addresses(turn), *((each, reverse(each)) for each in OWN)]:
        response = await reach(anonymous, name, address)
        if response.status_code == 401:  # nothing is told, and what was typed is shown again
            assert "mine now" in response.content.decode(), address
        else:
            assert response["Location"].startswith("/accounts/login/"), address


async def test_a_suspended_person_is_sent_away(turn, person, signed_in):
    person.is_active = False
    await person.asave()
    for name, address in addresses(turn):
        assert (await reach(signed_in, name, address)).status_code in {302, 401, 404}, address


async def test_the_owner_gets_through(turn, signed_in):
    for name, address in addresses(turn):
        of_the_answer = name in {"source", "sources"} and str(turn.answer.pk) in address
        if of_the_answer or name in READ:
            assert (await reach(signed_in, name, address)).status_code == 200, address


async def test_a_stranger_hears_nothing_of_a_conversation(turn, stranger):
    async with Tab(await factories.aclient_of(stranger), turn.answer.conversation_id) as tab:
        await tab.resync(turn.answer.pk)
        assert await tab.quiet()


def test_the_address_of_a_new_chat_is_one_persons(person, stranger):
    pk = uuid.uuid4()
    key = sign_new_chat(person, pk)
    assert may_start(person, pk, key)
    assert not may_start(stranger, pk, key)
    assert not may_start(person, uuid.uuid4(), key)


async def test_without_its_proof_no_address_is_taken(signed_in, offline):
    response = await signed_in.post(f"/c/{uuid.uuid4()}/ask", {"text": "hello"})
    assert response.status_code == 404
    assert not await Conversation.objects.aexists()


async def test_a_forged_form_is_refused(person, offline):
    client = await factories.aclient_of(person)
    client.handler.enforce_csrf_checks = True
    address, form = factories.question(person)
    response = await client.post(address, form)
    assert response.status_code == 403
    assert not await Conversation.objects.aexists()
