"""Pages of somebody with 10,000 conversations and 100,000 messages: `python -m tests.benchmarks.pages`.

Times of the server alone, in this process, on SQLite in a temporary folder; beside each a baseline in the same run:
the empty person's page, and searching with LIKE.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

WORDS = [
    "leave",
    "parental",
    "holiday",
    "approve",
    "manager",
    "contract",
    "invoice",
    "travel",
    "lamp",
    "coast",
    "harbour",
    "휴가",
    "규정",
    "승인",
    "출장",
    "계약",
]


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "chatapp.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        measure(options)


def measure(options: argparse.Namespace) -> None:
    from django.db import connection
    from django.test import Client

    from conversations.models import User

    busy, fresh = (User.objects.create_user(name) for name in ("busy", "fresh"))
    long = fill(busy, options.conversations, options.messages)
    clients = {}
    for person in (busy, fresh):
        clients[person.pk] = client = Client(SERVER_NAME="localhost")
        client.force_login(person)

    def page(path: str, person: User = busy) -> Callable[[], None]:
        def get() -> None:
            assert clients[person.pk].get(path, headers={"HX-Request": "true"}).status_code == 200

        return get

    def like() -> None:
        sql = "SELECT id FROM conversations_message WHERE owner_id = %s AND text LIKE %s ORDER BY created DESC LIMIT 60"
        with connection.cursor() as cursor:
            cursor.execute(sql, [busy.pk, "%harbour%lamp%"])
            cursor.fetchall()

    print(f"{options.conversations:,} conversations, {options.messages:,} messages; {options.times} times each, ms\n")
    print("| | p50 | p95 |\n|---|---|---|")
    for name, way in {
        "sidebar": page("/conversations/"),
        "sidebar of an empty person": page("/conversations/", fresh),
        "a conversation of 200 messages": page(f"/c/{long}/"),
        "search, two words": page("/search?q=harbour+lamp"),
        "search, one common word": page("/search?q=leave"),
        "search in Korean": page("/search?q=출장계약"),
        "search, nothing found": page("/search?q=zebra"),
        "LIKE, the query alone": like,
    }.items():
        times = sorted(timed(way) for _ in range(options.times))
        print(f"| {name} | {statistics.median(times):.1f} | {times[int(len(times) * 0.95) - 1]:.1f} |")


def timed(way: Callable[[], None]) -> float:
    began = time.perf_counter()
    way()
    return (time.perf_counter() - began) * 1000


def fill(person: object, conversations: int, messages: int) -> uuid.UUID:
    """Rows as `ask` and a finished answer leave them; returns the conversation that has 200 messages."""
    from django.utils import timezone

    from conversations.models import Conversation, Message, SearchText
    from conversations.models.searching import kept

    pick = random.Random(7)
    now = timezone.now()
    rows = [
        Conversation(owner=person, title=" ".join(pick.choices(WORDS, k=4)), updated=now - timedelta(minutes=at))
        for at in range(conversations)
    ]
    Conversation.objects.bulk_create(rows, batch_size=1000)
    each, texts, said = max(2, messages // conversations), [], []
    for at, conversation in enumerate(rows):
        parent = None
        for turn in range(200 if at == 0 else each):
            text = " ".join(pick.choices(WORDS, k=40))
            role = "assistant" if turn % 2 else "user"
            message = Message(conversation=conversation, owner=person, role=role, text=text, parent=parent)
            said.append(message)
            texts.append(
                SearchText(conversation=conversation, message=message, owner=person, words=kept(person.pk, text))
            )
            parent = message
        conversation.leaf = parent
    Message.objects.bulk_create(said, batch_size=1000)
    SearchText.objects.bulk_create(texts, batch_size=1000)
    Conversation.objects.bulk_update(rows, ["leaf"], batch_size=500)
    return rows[0].pk


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40)
    main(parser.parse_args())
