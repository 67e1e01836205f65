"""Every route of the API as somebody it is not for. The routes come from the URL configuration: none is forgotten."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient

from conversations.api.urls import urlpatterns
from conversations.models import Feature
from tests.api.conftest import make_key

HELLO = [{"role": "user", "content": "hello"}]
BODIES = {  # by the end of an address, the longer first
    "chat/completions": {"messages": HELLO},
    "embeddings": {"input": "one"},
    "completions": {"prompt": "one"},
    "audio/speech": {"input": "one", "voice": "alloy"},
    "images/generations": {"prompt": "one"},
}


def addresses():
    for each in urlpatterns:
        pattern = str(each.pattern)
        address = "v1/no/such/place" if pattern.startswith("^") else re.sub(r"<str:\w+>", "offline", pattern)
        yield each.name, f"/{address}" + ("?api-version=2024-05-01-preview" if address == "chat/completions" else "")


ADDRESSES = sorted(set(addresses()))


async def call(name, address, key=""):
    """Its status; with what the route takes, so that nothing but the key decides."""
    headers = {"api-key": key} if key else {}
    client = AsyncClient()
    if "model" in name or name == "api_nothing":
        return await client.get(address, headers=headers)
    if "audio/trans" in address:
        form = {"model": "offline", "file": SimpleUploadedFile("tape.wav", b"RIFF")}
        return await client.post(address, form, headers=headers)
    body = next(each for end, each in BODIES.items() if address.partition("?")[0].endswith(end))
    given = {"model": "offline", **body}
    return await client.post(address, given, content_type="application/json", headers=headers)


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
async def test_only_a_key_that_works_opens_it(name, address, person, offline):
    assert (await call(name, address)).status_code == 401
    assert (await call(name, address, "chatapp_wrong")).status_code == 401
    revoked, live = [await sync_to_async(make_key)(person) for _ in range(2)]
    await sync_to_async(revoked.revoke)()
    assert (await call(name, address, revoked.secret)).status_code == 401
    person.is_active = False
    await person.asave()
    assert (await call(name, address, live.secret)).status_code == 401


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
async def test_whose_owner_may_not_have_keys_opens_nothing(name, address, person, offline):
    key = await sync_to_async(make_key)(person)
    deny = sync_to_async(lambda: Feature.objects.get(name=Feature.Name.KEYS).denied.add(group))
    group = await Group.objects.acreate(name="Guests")
    await sync_to_async(person.groups.add)(group)
    await deny()
    assert (await call(name, address, key.secret)).status_code == 401


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
async def test_a_key_that_may_do_nothing_is_refused_where_something_is_done(name, address, person, offline):
    key = await sync_to_async(make_key)(person, operations=[])
    status = (await call(name, address, key.secret)).status_code
    assert status == (404 if name == "api_nothing" else 200 if "model" in name else 403)


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
async def test_a_deployment_that_is_not_granted_is_not_there(name, address, person, offline):
    key = await sync_to_async(make_key)(person)
    await sync_to_async(lambda: offline.groups.add(Group.objects.create(name="Others")))()
    response = await call(name, address, key.secret)
    if response.status_code == 200:  # a list
        assert response.json() == {"object": "list", "data": []}
    else:
        assert response.status_code == 404


async def test_a_session_opens_nothing(signed_in, offline):
    for name, address in ADDRESSES:
        response = await (signed_in.get(address) if "model" in name else signed_in.post(address, {}))
        assert response.status_code == 401, address
