"""Fills the product's database: a deployment that leads to the fake upstream, and signed-in people.

`DATA_DIR=… python -m tests.benchmarks.world UPSTREAM PEOPLE CHATS` prints, as JSON, for each person a session and
that many new chats with their proof, as pages would carry them.
"""

import json
import os
import sys
import uuid
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django must be set up first
from django.test import Client  # noqa: E402

from conversations.models import Deployment, User  # noqa: E402
from conversations.views.access import sign_new_chat  # noqa: E402


def main(upstream: str, people: int, chats: int) -> None:
    call_command("migrate", verbosity=0)
    deployment = Deployment(name="bench", kind="openai", endpoint=f"{upstream}/v1", position=1)
    deployment.set_key("")
    deployment.save()
    print(json.dumps([signed_in(number, chats) for number in range(people)]))


def signed_in(number: int, chats: int) -> dict[str, Any]:
    person = User(username=f"person-{number}")
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    fresh = [uuid.uuid4() for _ in range(chats)]
    return {
        "session": client.cookies["sessionid"].value,
        "chats": [[str(each), sign_new_chat(person, each)] for each in fresh],
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
