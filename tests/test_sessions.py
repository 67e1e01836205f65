"""Where one is signed in: what is listed, whose address is believed, and what signing out elsewhere ends."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from conversations.consumers import SIGNED_OUT
from conversations.sessions import device
from tests import factories
from tests.tab import Tab

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AGENTS = {
    FIREFOX: "Firefox · Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36": (
        "Chrome · Windows"
    ),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": (
        "Edge · Windows"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1": (
        "Safari · iPhone"
    ),
    "curl/8": "Unknown browser",
    "": "Unknown browser",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_browser_is_named_in_words(agent):
    assert device(agent) == AGENTS[agent]


def browser(agent=FIREFOX, name="alice", **headers):
    client = Client(headers={"User-Agent": agent, **headers})
    client.post("/accounts/login/", {"login": name, "password": "correct horse"})
    return client


def test_each_browser_is_listed_with_its_address_and_this_one_marked(person):
    here, there = browser(), browser("curl/8")
    there.get("/", REMOTE_ADDR="192.0.2.7")
    page = here.get("/account/").content.decode()
    assert page.index("Firefox · Linux") < page.index("Unknown browser")
    assert page.count("this browser") == 1
    assert "Sign out Unknown browser at 192.0.2.7" in page
    assert "127.0.0.1 · this browser" in page


@pytest.mark.parametrize(("count", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_an_address_is_believed_from_a_trusted_proxy_alone(person, settings, count, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    browser(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert UserSession.objects.get().ip == address


def test_being_seen_costs_a_write_only_now_and_then(person):
    client = browser()
    client.get("/prompts/")
    known = UserSession.objects.get()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=1))
    client.get("/prompts/")
    known.refresh_from_db()
    assert known.last_seen_at < timezone.now() - timedelta(hours=1)
    cache.clear()
    client.get("/prompts/")
    known.refresh_from_db()
    assert known.last_seen_at > timezone.now() - timedelta(hours=1)


def test_one_is_signed_out_elsewhere_and_the_others_stay(person):
    here, there, third = browser(), browser("curl/8"), browser("curl/9")
    gone = UserSession.objects.get(session_key=there.session.session_key)
    answer = here.post(f"/account/sessions/{gone.pk}/end", follow=True)
    assert "That browser is signed out." in answer.content.decode()
    assert there.get("/").status_code == 302
    assert third.get("/").status_code == 200
    assert here.get("/").status_code == 200


def test_all_others_are_signed_out(person, stranger):
    here, there, third, other = browser(), browser("curl/8"), browser("curl/9"), browser(name="mallory")
    here.post("/account/sessions/others/end")
    assert [each.get("/").status_code for each in (here, there, third, other)] == [200, 302, 302, 200]


def test_ending_this_one_signs_out(person):
    here = browser()
    own = UserSession.objects.get()
    assert here.post(f"/account/sessions/{own.pk}/end")["Location"] == "/account/"
    assert here.get("/account/").status_code == 302


def test_whoever_signed_out_is_not_listed(person):
    here, there = browser(), browser("curl/8")
    there.post("/accounts/logout/")
    assert "Unknown browser" not in here.get("/account/").content.decode()


async def test_its_sockets_close_at_once_and_no_others(person, offline):
    conversation = await sync_to_async(factories.make_conversation)(person, deployment=offline)
    here, there = await sync_to_async(browser)(), await sync_to_async(browser)("curl/8")
    async with Tab(here, conversation.pk) as mine, Tab(there, conversation.pk) as theirs:
        await sync_to_async(here.post)("/account/sessions/others/end")
        assert await theirs.wire.receive_output(timeout=5) == {"type": "websocket.close", "code": SIGNED_OUT}
        assert await mine.quiet()
