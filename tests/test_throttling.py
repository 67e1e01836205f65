"""Guessing: what is unknown and what is wrong look alike, and nobody tries for long; one door, also for the admin."""

import re

import pytest
from django.conf import settings as configured
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tests import factories
from tests.oidc.test_signing_in import who


def attempt(name, word="guessed", client=None, **headers):
    return (client or Client()).post("/accounts/login/", {"login": name, "password": word}, headers=headers)


def plain(response):
    """The page without what differs at each visit, and without the name that was typed."""
    text = re.sub(r'csrf\w*token" value="\w+"|X-CSRFToken": "\w+"', "", response.content.decode(), flags=re.I)
    return re.sub(r'(name="login"[^>]*value=")[^"]*', r"\1", text)


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(person):
    person.email = "alice@example.com"
    person.save()
    suspended = factories.make_person("sue", is_active=False)
    wrong, unknown = attempt("alice"), attempt("nobody")
    assert wrong.status_code == unknown.status_code == 200
    assert plain(wrong) == plain(unknown) == plain(attempt(suspended.username))
    assert plain(attempt("alice@example.com")) == plain(attempt("nobody@example.com"))


def test_a_name_is_guessed_at_five_times(person):
    for n in range(5):
        attempt("alice", **{"X-Forwarded-For": f"192.0.2.{n}"})
    client = Client()
    assert "Too many failed" in attempt("alice", "correct horse", client).content.decode()
    assert who(client) is None


@pytest.mark.parametrize("known", ["alice", "alice@example.com"])
def test_an_unknown_name_takes_as_long_as_a_known_one(person, monkeypatch, known):
    person.email = "alice@example.com"
    person.save()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *each: hashed.append(1) or encode(*each))
    attempt(known)
    taken = len(hashed)
    attempt(known.replace("alice", "nobody"))
    assert 0 < taken == len(hashed) - taken


def test_another_port_is_no_way_round(person):
    for port in range(1, 6):
        attempt("alice", Host=f"localhost:{port}", **{"X-Forwarded-For": f"192.0.2.{port}"})
    assert "Too many failed" in attempt("alice", "correct horse", Host="localhost:6").content.decode()


def test_an_address_guesses_ten_times(person):
    for n in range(10):
        attempt(f"name-{n}")
    client = Client()
    attempt("alice", "correct horse", client)
    assert who(client) is None


@pytest.mark.parametrize("trusted", [0, 1])
def test_a_made_up_address_is_no_way_round(person, settings, trusted):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    for n in range(10):
        attempt(f"name-{n}", **{"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"})
    client = Client()
    attempt("alice", "correct horse", client, **{"X-Forwarded-For": "198.51.100.99, 203.0.113.9"})
    assert who(client) is None


@pytest.mark.skipif(not configured.REDIS_URL, reason="needs Redis")
def test_processes_count_together(person, settings):
    """Each attempt through a cache of its own, as another process would have it."""
    from django.core.cache import caches

    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": configured.REDIS_URL}
    settings.CACHES = {"default": redis}
    caches["default"].clear()
    for _ in range(5):
        attempt("alice")
        del caches["default"]
    client = Client()
    attempt("alice", "correct horse", client)
    caches["default"].clear()
    assert who(client) is None


def test_the_administration_has_no_door_of_its_own(administrator):
    client = Client()
    answer = client.post("/admin/login/", {"username": "root", "password": "correct horse"})
    assert answer["Location"].startswith("/accounts/login/")
    assert who(client) is None
    plain_person = factories.browser_of(factories.make_person("bob"))
    assert plain_person.get("/admin/login/").status_code == 403
