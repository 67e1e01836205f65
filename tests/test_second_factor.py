"""The second factor: asked for at sign-in, required by policy of pages and sockets, encrypted, helped when lost."""

import json
import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from asgiref.sync import sync_to_async
from cryptography.fernet import Fernet
from django.test import Client

from conversations.consumers import SIGNED_OUT
from tests import factories, totp
from tests.oidc.test_signing_in import who
from tests.tab import Tab

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def password(client, name="alice", word="correct horse"):
    return client.post("/accounts/login/", {"login": name, "password": word})


@pytest.fixture
def protected(person):
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def test_a_password_alone_is_not_enough(protected):
    client = Client()
    assert password(client)["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) is None
    assert client.get("/")["Location"].startswith("/accounts/login/")
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": totp.code(SECRET)})
    assert who(client) == protected


def test_a_code_is_good_once(protected):
    shown = totp.code(SECRET)
    for expected in (protected, None):
        client = Client()
        password(client)
        client.post("/accounts/2fa/authenticate/", {"code": shown})
        assert who(client) == expected


def test_a_recovery_code_is_good_once(protected):
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (protected, None):
        client = Client()
        password(client)
        client.post("/accounts/2fa/authenticate/", {"code": spare})
        assert who(client) == expected


def test_codes_are_not_guessed(protected):
    client = Client()
    password(client)
    answers = [client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(7)]
    assert "Too many" in answers[-1].content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": totp.code(SECRET)})
    assert who(client) is None


def test_its_secrets_are_encrypted(protected):
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert "gAAAA" in stored


def test_with_lost_keys_no_code_opens_and_the_administrator_helps(protected, administrator, settings, caplog):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    client = Client()
    password(client)
    for guess in (totp.code(SECRET), totp.code("")):
        assert client.post("/accounts/2fa/authenticate/", {"code": guess}).status_code == 200
    assert who(client) is None
    assert "is lost" in caplog.text
    page = factories.browser_of(administrator).get(f"/admin/conversations/user/{protected.pk}/change/")
    assert "Second factors" in page.content.decode()
    assert "gAAAA" not in page.content.decode()


@pytest.fixture
def everybody(settings):
    settings.MFA_REQUIRED = "everybody"


@pytest.mark.parametrize(("policy", "staff", "sent"), [("none", True, False), ("staff", False, False)])
def test_whom_the_policy_does_not_mean_it_leaves_alone(settings, person, policy, staff, sent):
    settings.MFA_REQUIRED = policy
    person.is_staff = staff
    person.save()
    assert factories.browser_of(person).get("/").status_code == 200


@pytest.mark.parametrize("policy", ["staff", "everybody"])
def test_whoever_must_have_one_is_sent_to_set_it_up(settings, administrator, policy):
    settings.MFA_REQUIRED = policy
    client = factories.browser_of(administrator)
    for address in ("/", "/account/", "/admin/", "/search", "/documents/", f"/c/{uuid.uuid4()}/"):
        assert client.get(address)["Location"] == "/accounts/2fa/", address
    assert client.post(f"/c/{uuid.uuid4()}/ask", {"text": "x"})["Location"] == "/accounts/2fa/"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/accounts/2fa/"
    assert "Your company asks" in client.get("/accounts/2fa/").content.decode()
    TOTP.activate(administrator, SECRET)
    assert client.get("/").status_code == 200


async def test_sockets_ask_for_it_too(everybody, person, offline):
    conversation = await sync_to_async(factories.make_conversation)(person, deployment=offline)
    client = await factories.aclient_of(person)
    async with Tab(client, conversation.pk) as tab:
        assert await tab.wire.receive_output(timeout=2) == {"type": "websocket.close", "code": SIGNED_OUT}


def test_the_key_of_another_is_not_found(protected, stranger):
    key = Authenticator.objects.create(user=protected, type="webauthn", data={"name": "hers"})
    client = Client()
    password(client, "mallory")
    client.post("/accounts/reauthenticate/", {"password": "correct horse"})
    for what in ("remove", "edit"):
        address = f"/accounts/2fa/webauthn/keys/{key.pk}/{what}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
