"""What an adapter is made from: secrets joined, groups by their external ids, embeddings by name or endpoint."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group

from conversations.answering import sources
from conversations.completions.data_sources import Authentication, Embedding
from conversations.models import ExternalGroup
from conversations.models.secrets import LostSecrets
from conversations.retrieval import access
from conversations.retrieval.errors import SourceKey, SourceRefused, SourceVectors
from tests import factories


@pytest.fixture
def reader(person):
    return person.reader()


def test_a_setting_has_its_secrets_and_its_name(person):
    found = sources.setting(factories.make_source(), person.reader())
    assert found.name == "Employee handbook"
    assert found.source.parameters.authentication.encoded_api_key == "sk-canary"
    assert found.embed is None


def test_groups_are_named_as_the_index_knows_them(person):
    mine, other = Group.objects.create(name="HR"), Group.objects.create(name="Legal")
    for group, external in ((mine, "g-1"), (other, "g-2")):
        ExternalGroup.objects.create(group=group, external_id=external)
    person.groups.add(mine)
    source = factories.make_source(access_filter='{"terms": {"groups": "{groups}"}}')
    found = sources.setting(source, person.reader())
    assert found.access.groups == ("g-1",)
    assert access.structured(found) == {"terms": {"groups": ["g-1"]}}


def test_lost_secrets_and_half_configurations_are_said_with_the_source(person):
    source = factories.make_source()
    source.parameters["index_name"] = ""
    with pytest.raises(SourceRefused, match="“Employee handbook”.*index_name is missing"):
        sources.setting(source, person.reader())
    source.secrets = LostSecrets("v1:x")
    with pytest.raises(SourceKey, match="enter them again"):
        sources.setting(source, person.reader())


async def test_texts_are_embedded_by_the_deployment_that_is_named(offline, reader):
    wanted = Embedding(type="deployment_name", deployment_name="offline", dimensions=32)
    found = await sync_to_async(sources.embedder)("Handbook", wanted, reader)
    assert [len(each) for each in await found(["leave", "travel"])] == [32, 32]


def test_a_deployment_that_is_not_ours_is_said(offline, reader):
    with pytest.raises(SourceVectors, match="“ada” is not one of ours"):
        sources.embedder("Handbook", Embedding(type="deployment_name", deployment_name="ada"), reader)


@pytest.mark.parametrize(
    ("end", "path", "query"),
    [
        ("/openai/deployments/ada/embeddings", "/openai/deployments/ada/embeddings", "api-version=2024-10-21"),
        ("/v1/embeddings", "/v1/embeddings", ""),
    ],
)
async def test_an_endpoint_is_asked_with_its_own_key(upstream, end, path, query, reader):
    upstream.raw(b'{"data": [{"index": 0, "embedding": [1.0]}]}', Content_Type="application/json")
    key = Authentication(type="access_token", access_token="t-1")
    found = sources.embedder(
        "S", Embedding(type="endpoint", endpoint=upstream.address + end, authentication=key), reader
    )
    assert await found(["leave"]) == [[1.0]]
    sent = upstream.requests[0]
    assert (sent.path, sent.query, sent.headers["authorization"]) == (path, query, "Bearer t-1")


async def test_a_refused_embedding_names_the_source(upstream, reader):
    upstream.fail(401)
    found = sources.embedder(
        "Handbook", Embedding(type="endpoint", endpoint=f"{upstream.address}/v1/embeddings"), reader
    )
    with pytest.raises(SourceVectors, match="“Handbook”: its embedding failed"):
        await found(["leave"])
