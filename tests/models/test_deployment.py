"""Which deployment new chats start with."""

import pytest

from conversations.models import Deployment
from tests import factories

pytestmark = pytest.mark.django_db


def usable():
    return [each.name for each in Deployment.objects.usable()]


def test_a_new_one_is_the_last():
    factories.make_deployment("first")
    factories.make_deployment("chosen", position=3)
    factories.make_deployment("above", label="A")
    assert usable() == ["chosen", "first", "above"]
    assert list(Deployment.objects.values_list("position", flat=True)) == [3, 10, 20]
    factories.make_deployment("end", position=32_767)
    assert factories.make_deployment("after").position == 32_767


def test_one_whose_last_test_failed_is_the_default_only_while_none_works():
    first, second = factories.make_deployment("first"), factories.make_deployment("second")
    first.tested([], "unreachable", {})
    assert usable() == ["second", "first"]
    second.tested([], "bad_key", {})
    assert usable() == ["first", "second"]
    first.tested([], "", {})
    assert usable() == ["first", "second"]


def test_what_was_used_last_is_offered_again_unless_its_test_failed(person, browser):
    first, second = factories.make_deployment("first"), factories.make_deployment("second")
    factories.make_turn(factories.make_conversation(person, deployment=second))
    chosen = [browser.get("/").context["deployment"]]
    second.tested([], "unreachable", {})
    chosen.append(browser.get("/").context["deployment"])
    assert chosen == [second, first]
