"""A deployment whose provider has announced its end is marked in time, and stays usable until it is disabled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Deployment
from tests import factories
from tests.admin.forms import address, deployment_form

LIST = "/admin/conversations/deployment/"


def retiring(days):
    return factories.make_deployment("gpt", retires_on=timezone.localdate() + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "in_list", "in_form"),
    [
        (31, "", ""),
        (30, "30 days left", "This deployment retires on"),
        (1, "1 day left", "This deployment retires on"),
        (0, "0 days left", "This deployment retires on"),
        (-1, "· retired", "This deployment was to retire on"),
    ],
)
def test_it_is_marked_within_thirty_days_and_afterwards(admin, days, in_list, in_form):
    deployment = retiring(days)
    listed, form = admin.get(LIST).content.decode(), admin.get(address(deployment)).content.decode()
    assert in_list in listed
    assert in_form in form
    assert ('class="warned"' in listed) is ("warned" in form) is (days <= 30)


def test_it_is_used_until_it_is_disabled(transactional_db):
    assert retiring(-1) in Deployment.objects.usable()


def test_the_day_is_entered_in_the_form(admin):
    deployment = factories.make_deployment("gpt")
    admin.post(address(deployment), deployment_form(key="", retires_on="2031-05-01"))
    assert str(Deployment.objects.get().retires_on) == "2031-05-01"
    assert Deployment.objects.get().days_left > 30


def test_the_list_asks_no_more_often_for_more_deployments(admin, django_assert_max_num_queries):
    for at in range(8):
        factories.make_deployment(f"gpt-{at}").tested([], "", {"tools": True})
    with django_assert_max_num_queries(12):
        assert admin.get(LIST).status_code == 200
