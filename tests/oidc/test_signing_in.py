"""Through the provider and back: who is let in, as whom, and every way in which a token is refused."""

import logging
from dataclasses import replace

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client

from conversations.models import User
from tests import factories
from tests.oidc.conftest import asked_for, at_the_provider, begin, sign_in
from tests.oidc.provider import SECRET

pytestmark = pytest.mark.django_db(transaction=True)
ANN = {
    "sub": "a-1",
    "email": "ann@example.com",
    "email_verified": True,
    "preferred_username": "ann",
    "given_name": "Ann",
    "family_name": "Lee",
}


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def test_whoever_the_provider_knows_is_signed_in_and_found_again(identity):
    identity.people["ann"] = ANN
    client, response = sign_in("ann")
    assert response["Location"] == "/"
    person = who(client)
    assert (person.username, str(person), person.email) == ("ann", "Ann Lee", "ann@example.com")
    assert not person.has_usable_password()
    assert not person.is_staff
    identity.people["ann"] = {"sub": "a-1", "email": "new@example.com"}
    again, _ = sign_in("ann")
    assert who(again) == person
    known = SocialAccount.objects.get()
    assert (known.provider, known.uid) == (identity.issuer, "a-1")


def test_what_is_asked_for_is_ours_alone(identity):
    identity.people["ann"] = ANN
    client = Client()
    page = client.post("/accounts/oidc/login/?scope=all&auth_params=prompt%3Dnone&process=redirect")["Location"]
    asked = asked_for(page)
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"]
    assert asked["state"]
    assert asked["redirect_uri"] == "http://testserver/accounts/oidc/callback/"
    assert asked_for(begin(client))["nonce"] != asked["nonce"]


def test_no_token_is_kept(identity):
    identity.people["ann"] = ANN
    sign_in("ann")
    assert not SocialToken.objects.exists()
    kept = [each.get_decoded() for each in Session.objects.all()]
    assert not any(token in str(kept) for token in identity.tokens)
    assert set(SocialAccount.objects.get().extra_data) == {"email", "name", "preferred_username"} - {"name"}


SPOILED = ["issuer", "audience", "several", "expired", "nonce", "subject", "unsigned", "key", "tampered", "userinfo"]


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_token_that_is_wrong_lets_nobody_in(identity, spoil, caplog):
    identity.people["ann"] = ANN
    identity.spoil = spoil
    client, response = sign_in("ann")
    assert response.status_code == 401
    assert "could not be trusted" in response.content.decode()
    assert who(client) is None
    assert not User.objects.exists()
    assert "Signing in through" in caplog.text
    identity.spoil = ""
    assert who(sign_in("ann")[0])


def test_another_issuer_in_the_discovery_document_is_refused(identity):
    identity.spoil = "discovery"
    response = Client().post("/accounts/oidc/login/")
    assert response.status_code == 401
    assert "cannot be reached" in response.content.decode()


def test_no_redirect_of_its_server_is_followed(identity):
    identity.people["ann"] = ANN
    identity.spoil = "redirect"
    client, response = sign_in("ann")
    assert response.status_code == 401
    assert who(client) is None
    assert "GET /moved" not in identity.asked


def test_a_provider_that_is_away_is_said_to_be(identity, settings):
    settings.OIDC = replace(settings.OIDC, issuer="http://127.0.0.1:9")
    response = Client().post("/accounts/oidc/login/")
    assert response.status_code == 401
    assert "cannot be reached" in response.content.decode()


def test_a_state_is_good_once_and_for_its_own_browser(identity):
    identity.people["ann"] = ANN
    client = Client()
    back = at_the_provider(begin(client), "ann")
    thief = Client()
    assert thief.get(back).status_code == 401
    assert who(thief) is None
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    replayed = client.get(back)
    assert replayed.status_code == 401
    assert "too old, or was used already" in replayed.content.decode()


def test_whoever_turns_back_is_told_so(identity):
    client, response = sign_in("nobody")
    assert response.status_code == 302
    assert "You left the page" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@Example.COM"])
def test_an_address_takes_over_no_account(identity, email):
    local = factories.make_person("local", email=email)
    identity.people["ann"] = ANN
    client, response = sign_in("ann")
    assert response.status_code == 409
    assert "connect Contoso" in response.content.decode()
    assert who(client) is None
    assert list(User.objects.all()) == [local]


def test_an_address_as_user_name_or_beside_takes_over_nothing_either(identity):
    factories.make_person("ann@example.com")
    identity.people["ann"] = ANN
    assert sign_in("ann")[1].status_code == 409
    other = factories.make_person("other")
    EmailAddress.objects.create(user=other, email="bob@example.com")
    identity.people["bob"] = {"sub": "b", "email": "bob@example.com"}
    assert sign_in("bob")[1].status_code == 409


def test_a_user_name_is_no_identity(identity):
    local = factories.make_person("ann")
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    assert who(client).username != "ann"
    assert who(client) != local


def test_the_same_subject_of_another_issuer_is_somebody_else(identity):
    known = factories.make_person("known")
    SocialAccount.objects.create(user=known, provider="https://elsewhere.example", uid="a-1")
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    assert who(client) not in (None, known)


def test_an_account_is_connected_from_inside_after_its_password(identity):
    local = factories.make_person("local", email="ann@example.com")
    identity.people["ann"] = ANN
    client = factories.browser_of(local)
    asked = begin(client)
    assert asked.startswith("/accounts/reauthenticate/")
    page = client.post(asked, {"password": "correct horse"})["Location"]
    assert client.get(at_the_provider(page, "ann"))["Location"] == "/account/"
    assert "ann" in client.get("/account/").content.decode()
    assert who(sign_in("ann")[0]) == local


def test_a_subject_is_one_persons(identity):
    identity.people["ann"] = ANN
    first = who(sign_in("ann")[0])
    client = factories.browser_of(factories.make_person("second"))
    page = client.post(begin(client), {"password": "correct horse"})["Location"]
    client.get(at_the_provider(page, "ann"))
    assert SocialAccount.objects.get().user == first


class TestByAddress:
    @pytest.fixture(autouse=True)
    def trusted(self, identity, settings):
        settings.OIDC = replace(settings.OIDC, link_by_email=True)
        identity.people["ann"] = ANN

    def test_a_verified_one_finds_its_person_once(self, identity):
        local = factories.make_person("local", email="ann@example.com")
        assert who(sign_in("ann")[0]) == local
        local.refresh_from_db()
        assert not local.has_usable_password()
        identity.people["ann"] = {**ANN, "email": "changed@example.com"}
        assert who(sign_in("ann")[0]) == local

    @pytest.mark.parametrize("verified", [False, "true", None])
    def test_another_one_does_not(self, identity, verified):
        factories.make_person("local", email="ann@example.com")
        identity.people["ann"] = {**ANN, "email_verified": verified}
        assert sign_in("ann")[1].status_code == 409

    def test_the_next_owner_of_an_address_gets_no_old_account(self, identity):
        factories.make_person("local", email="ann@example.com")
        sign_in("ann")
        identity.people["ann"] = {**ANN, "sub": "a-2"}
        assert sign_in("ann")[1].status_code == 409

    def test_that_of_a_service_account_finds_nobody(self):
        robot = factories.make_person("robot", email="ann@example.com", service=True)
        assert who(sign_in("ann")[0]) != robot
        assert not SocialAccount.objects.filter(user=robot).exists()

    def test_an_address_of_two_is_nobodys(self):
        factories.make_person("local", email="ann@example.com")
        factories.make_person("double", email="ANN@example.com")
        assert sign_in("ann")[1].status_code == 409


def test_where_accounts_are_given_nobody_makes_one(identity, settings):
    settings.OIDC = replace(settings.OIDC, new_people=False)
    identity.people["ann"] = ANN
    client, response = sign_in("ann")
    assert response.status_code == 403
    assert "made by administrators" in response.content.decode()
    assert not User.objects.exists()
    given = factories.make_person("given")
    SocialAccount.objects.create(user=given, provider=identity.issuer, uid="a-1")
    assert who(sign_in("ann", client)[0]) == given


def test_whoever_is_suspended_stays_out(identity):
    identity.people["ann"] = ANN
    sign_in("ann")
    User.objects.update(is_active=False)
    client, response = sign_in("ann")
    assert who(client) is None
    assert "suspended" in client.get(response["Location"]).content.decode()


def test_a_provider_in_the_database_is_nobodys(identity):
    SocialApp.objects.create(provider="oidc", provider_id="https://evil.example", client_id="x", name="Evil")
    assert begin(Client()).startswith(identity.issuer)


def test_the_secret_is_shown_nowhere(identity, settings, caplog):
    caplog.set_level(logging.DEBUG)
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    identity.codes.clear()
    page = begin(Client())
    shown = [client.get("/account/").content.decode(), Client().get("/accounts/login/").content.decode(), page]
    assert not any(SECRET in each for each in [*shown, caplog.text, repr(settings.OIDC)])


def test_without_passwords_no_password_is_taken(identity, settings):
    local = factories.make_person("local")
    settings.PASSWORDS = False
    settings.AUTHENTICATION_BACKENDS = ["conversations.oidc.backend.NoPasswords"]
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    assert "Continue with Contoso" in page
    assert 'name="password"' not in page
    client.post("/accounts/login/", {"login": local.username, "password": "correct horse"})
    assert who(client) is None
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    assert client.get("/").status_code == 200


def test_where_there_is_no_provider_there_is_no_way_through_it(settings):
    settings.OIDC = None
    client = Client()
    assert client.post("/accounts/oidc/login/").status_code == 404
    assert client.get("/accounts/oidc/callback/?code=x&state=y").status_code == 404
    assert "oidc" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["signup/", "email/", "confirm-email/", "password/set/", "password/reset/", "password/reset/key/1-x/"]
    + ["login/code/confirm/", "3rdparty/", "3rdparty/signup/", "3rdparty/login/error/", "social/connections/"],
)
def test_nobody_makes_or_changes_an_account_through_allauths_own_pages(address, browser):
    for client in (Client(), browser):
        assert client.get(f"/accounts/{address}").status_code == 404
        assert client.post(f"/accounts/{address}").status_code == 404
