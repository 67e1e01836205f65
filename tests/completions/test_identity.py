"""Signing in at Microsoft Entra, with the library's own credentials, at loopback servers that follow the wire."""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest

from conversations.completions import identity
from conversations.completions.embeddings import embed
from conversations.completions.errors import BadKey, Unreachable
from conversations.completions.identity import SCOPE, Identity, bearer, may_receive
from tests.asking import ask, failure
from tests.upstream import FakeUpstream

TENANT = "11111111-2222-3333-4444-555555555555"
AZURE = "https://n.openai.azure.com"
HERE = ("127.0.0.1",)  # where upstreams of tests listen
APPLICATION = Identity(TENANT, "app-id", "s3cret-canary", hosts=HERE)
OURS = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_")


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token of another test, and no identity of the machine that runs them."""
    identity._tokens.clear()
    for name in [each for each in os.environ if each.startswith(OURS)]:
        monkeypatch.delenv(name)


@pytest.fixture
async def entra(tls: ssl.SSLContext, trusted: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeUpstream]:
    """The sign-in service: TLS, because the library takes no other."""
    async with FakeUpstream(tls) as service:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", service.address)
        yield service


@pytest.fixture
async def machine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeUpstream]:
    """A virtual machine's identity service."""
    async with FakeUpstream() as service:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", service.address)
        yield service


def token(value: str = "a-token", seconds: int = 3600) -> dict[str, object]:
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": value}


def machine_token(value: str = "a-token", seconds: int = 3600) -> dict[str, object]:
    """The same from a machine: numbers are strings, and there is the resource."""
    ends = str(int(time.time()) + seconds)
    return {**token(value), "expires_in": str(seconds), "expires_on": ends, "resource": SCOPE.removesuffix("/.default")}


async def test_an_application_signs_in_with_its_secret(entra: FakeUpstream) -> None:
    entra.json(token("bearer-1"))
    assert await bearer(APPLICATION, AZURE) == "bearer-1"
    asked = entra.requests[0]
    assert (asked.method, asked.path) == ("POST", f"/{TENANT}/oauth2/v2.0/token")
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "app-id",
        "client_secret": "s3cret-canary",
        "scope": SCOPE,
    }


async def test_the_bearer_travels_instead_of_a_key(entra: FakeUpstream, upstream: FakeUpstream) -> None:
    entra.json(token("bearer-1"))
    for kind in ("azure", "azure_v1", "azure_inference"):
        upstream.reply("Hello")
        draft, error = await ask(upstream.endpoint(kind, identity=APPLICATION))
        assert (draft.text, error) == ("Hello", None)
        headers = upstream.requests[-1].headers
        assert (headers["authorization"], headers.get("api-key")) == ("Bearer bearer-1", None)
    assert len(entra.requests) == 1


async def test_many_who_wait_ask_once(entra: FakeUpstream) -> None:
    entra.json(token("bearer-1"))
    assert set(await asyncio.gather(*(bearer(APPLICATION, AZURE) for _ in range(20)))) == {"bearer-1"}
    assert len(entra.requests) == 1


async def test_a_token_is_replaced_before_it_ends(entra: FakeUpstream) -> None:
    entra.json(token("old", seconds=identity.EARLY - 10)).json(token("new"))
    assert [await bearer(APPLICATION, AZURE) for _ in range(3)] == ["old", "new", "new"]


async def test_a_refused_token_is_not_used_again(entra: FakeUpstream, upstream: FakeUpstream) -> None:
    entra.json(token("revoked")).json(token("new"))
    upstream.fail(401, message="The token revoked is not valid.").reply("Hello")
    error = await failure(upstream.endpoint("azure", identity=APPLICATION))
    assert error.code == "bad_key"
    assert "revoked" not in str(error)
    await ask(upstream.endpoint("azure", identity=APPLICATION))
    assert upstream.requests[-1].headers["authorization"] == "Bearer new"


async def test_a_refused_application_is_a_bad_key_that_repeats_no_secret(entra: FakeUpstream) -> None:
    said = "AADSTS7000215: Invalid client secret provided: s3cret-canary.\r\nTrace ID: 1"
    entra.json({"error": "invalid_client", "error_description": said}, 401)
    with pytest.raises(BadKey, match="Check tenant, client id and secret.*AADSTS7000215") as error:
        await bearer(APPLICATION, AZURE)
    assert "canary" not in str(error.value)
    assert "Trace" not in str(error.value)


@pytest.mark.parametrize("tenant", ["no tenant", "../x"])
async def test_a_tenant_that_is_none_is_a_bad_key(entra: FakeUpstream, tenant: str) -> None:
    with pytest.raises(BadKey):
        await bearer(Identity(tenant, "app-id", "s3cret"), AZURE)


async def test_without_a_secret_nobody_is_asked(entra: FakeUpstream) -> None:
    with pytest.raises(BadKey, match="No client secret is stored"):
        await bearer(Identity(TENANT, "app-id"), AZURE)
    assert entra.requests == []


async def test_a_sign_in_service_that_is_away_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://localhost:9")
    with pytest.raises(Unreachable, match="AZURE_AUTHORITY_HOST"):
        await bearer(APPLICATION, AZURE)


async def test_a_machine_signs_in_as_itself(machine: FakeUpstream, upstream: FakeUpstream) -> None:
    machine.json(machine_token("of-the-machine"))
    upstream.reply("Hello")
    await ask(upstream.endpoint("azure_v1", identity=Identity(hosts=HERE)))
    asked = machine.requests[0]
    assert (asked.method, asked.path) == ("GET", "/metadata/identity/oauth2/token")
    assert asked.headers["metadata"] == "true"
    assert parse_qs(asked.query) == {"api-version": ["2018-02-01"], "resource": ["https://cognitiveservices.azure.com"]}
    assert upstream.requests[0].headers["authorization"] == "Bearer of-the-machine"


async def test_embeddings_are_asked_for_with_the_bearer_too(machine: FakeUpstream, upstream: FakeUpstream) -> None:
    machine.json(machine_token("of-the-machine")).json(machine_token("new"))
    upstream.fail(401, message="of-the-machine is refused").json({"data": [{"index": 0, "embedding": [1.0]}]})
    endpoint = upstream.endpoint("azure_v1", identity=Identity(hosts=HERE))
    with pytest.raises(BadKey) as error:
        await embed(["Hello"], endpoint)
    assert "of-the-machine" not in str(error.value)
    assert await embed(["Hello"], endpoint) == [[1.0]]
    assert upstream.requests[-1].headers["authorization"] == "Bearer new"


async def test_a_user_assigned_identity_is_named_by_its_client_id(machine: FakeUpstream) -> None:
    machine.json(machine_token())
    await bearer(Identity(client="assigned"), AZURE)
    assert parse_qs(machine.requests[0].query)["client_id"] == ["assigned"]


async def test_an_app_service_signs_in_at_its_own_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeUpstream() as service:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{service.address}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "the-header")
        service.json(machine_token("of-the-app"))
        assert await bearer(Identity(), AZURE) == "of-the-app"
        assert service.requests[0].headers["x-identity-header"] == "the-header"


async def test_a_machine_without_an_identity_is_told_what_to_do(machine: FakeUpstream) -> None:
    machine.json({"error": "invalid_request", "error_description": "Identity not found"}, 400)
    with pytest.raises(BadKey, match="no such managed identity: assign it"):
        await bearer(Identity(), AZURE)


async def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)
    with pytest.raises(BadKey, match="pip install -r requirements-azure.lock"):
        await bearer(APPLICATION, AZURE)


def test_neither_secret_nor_bearer_is_in_a_repr() -> None:
    assert "canary" not in repr(APPLICATION)
    held = identity._Token("bearer-canary", 0)
    assert "canary" not in repr(held)


@pytest.mark.parametrize(
    "address",
    [
        "https://n.openai.azure.com",
        "https://n.services.ai.azure.com/models",
        "https://n.cognitiveservices.azure.com:443/",
        "https://n.openai.azure.us",
        "https://n.search.azure.cn",
        "https://n.search.windows.net",
        "http://gateway.example:8080/v1",
        "https://other.example:8443",
    ],
)
def test_tokens_go_to_azure_and_to_hosts_that_were_named(address: str) -> None:
    assert may_receive(address, ("Gateway.example", "other.example:8443"))


@pytest.mark.parametrize(
    "address",
    [
        "http://n.openai.azure.com",
        "https://n.openai.azure.com:8443",
        "https://openai.azure.com.evil.test",
        "https://evil.test/.openai.azure.com",
        "https://n.openai.azure.com@evil.test",
        "https://notopenai.azure.com",
        "https://n.azure-api.net",
        "https://other.example",
        "https://[",
        "",
    ],
)
def test_and_nowhere_else(address: str) -> None:
    assert not may_receive(address, ("other.example:8443",))


async def test_a_token_that_may_not_be_sent_there_is_not_even_asked_for(
    machine: FakeUpstream, upstream: FakeUpstream
) -> None:
    error = await failure(upstream.endpoint("azure_v1", identity=Identity()))
    assert error.code == "forbidden_address"
    assert "ALLOWED_UPSTREAMS" in str(error)
    assert not machine.requests
    assert not upstream.requests
