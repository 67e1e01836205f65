"""Migrations that change rows: what was there before is right after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("conversations", name)])
    return executor.loader.project_state([("conversations", name)]).apps


@pytest.fixture
def latest(transactional_db):
    """The name of the last migration; the test leaves the database at it."""
    ((_, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes("conversations")
    yield name
    migrate(name)


def test_of_two_indexes_for_the_same_model_the_one_in_use_stays(latest):
    apps = migrate("0015_proofs")
    Collection, Deployment, Document, Index = (
        apps.get_model("conversations", each) for each in ("Collection", "Deployment", "Document", "Index")
    )
    deployment = Deployment.objects.create(name="embedder", kind="offline")
    kept = Collection.objects.create(name="Handbook")
    first, second, other = (
        Index.objects.create(collection=kept, deployment=deployment, made_by=made_by) for made_by in ("a", "a", "b")
    )
    Collection.objects.update(index=second)
    document = Document.objects.create(collection=kept, title="Leave", size=1, version=3)
    chunk = document.chunks.create(collection=kept, position=0)
    for index in (first, second, other):
        index.vectors.create(chunk=chunk, value=b"1234")
    apps = migrate(latest)
    left = apps.get_model("conversations", "Vector").objects.values_list("index", flat=True)
    assert set(left) == {second.pk, other.pk}
    assert apps.get_model("conversations", "Collection").objects.get().index_id == second.pk


def test_what_was_spent_this_month_before_budgets_counts(latest):
    apps = migrate("0022_position_of_a_new_deployment")
    Attempt, Call, Conversation, Message, User = (
        apps.get_model("conversations", each) for each in ("Attempt", "Call", "Conversation", "Message", "User")
    )
    person = User.objects.create(username="alice")
    talk = Conversation.objects.create(owner=person, title="Leave")
    last_month = timezone.now() - timedelta(days=40)
    for started, tokens in ((None, 100), (None, 11), (last_month, 7000)):
        answer = Message.objects.create(conversation=talk, owner=person, role="assistant")
        made = Attempt.objects.create(message=answer, number=1, usage={"prompt_tokens": tokens}, cost=Decimal("0.5"))
        Attempt.objects.filter(pk=made.pk).update(started=started or made.started)
    Call.objects.create(purpose="intent", person=person, prompt=5, completion=4, cost=Decimal(1))
    Call.objects.create(purpose="embedding", prompt=3)
    spent = migrate(latest).get_model("conversations", "Spent").objects.order_by("person")
    assert list(spent.values_list("person", "tokens", "cost")) == [(0, 3, 0), (person.pk, 120, 2)]


def test_keys_that_name_something_stay_limited_to_it(latest):
    apps = migrate("0027_budgets")
    User, ApiKey, Deployment = (apps.get_model("conversations", each) for each in ("User", "ApiKey", "Deployment"))
    owner = User.objects.create(username="alice")
    for name in ("limited", "free"):
        ApiKey.objects.create(owner=owner, name=name, hash=name)
    ApiKey.objects.get(name="limited").deployments.add(
        Deployment.objects.create(name="model", kind="offline", position=10)
    )
    found = migrate(latest).get_model("conversations", "ApiKey").objects.values_list("name", "deployments_named")
    assert dict(found) == {"limited": True, "free": False}
