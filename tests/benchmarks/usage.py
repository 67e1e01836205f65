"""The page of usage over 100,000 answers of 90 days: `python -m tests.benchmarks.usage`.

On SQLite in a temporary folder, or on the empty database that DATABASE_URL names, which it fills. Times of the server
alone, in this process.
"""

import argparse
import os
import random
import statistics
import tempfile
from datetime import timedelta
from decimal import Decimal

from tests.benchmarks.pages import timed


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
    from django.test import Client

    from conversations.models import User

    fill(options.answers)
    administrator = User.objects.create_superuser("administrator")
    client = Client(SERVER_NAME="localhost")
    client.force_login(administrator)
    print(f"{options.answers:,} answers in 90 days; median of {options.times}, ms\n\n| | |\n|---|---|")
    for address in ("usage/?period=7", "usage/?period=30", "usage/?period=90", "usage/day.csv", "usage/person.csv", ""):

        def get(address: str = address) -> None:
            assert client.get(f"/admin/{address}").status_code == 200

        print(f"| /admin/{address} | {statistics.median(timed(get) for _ in range(options.times)):.0f} |")


def fill(answers: int, people: int = 200) -> None:
    """Rows as finished answers leave them, spread evenly over people, deployments and days."""
    from django.utils import timezone

    from conversations.models import Attempt, Conversation, Deployment, Message, User

    pick, now = random.Random(7), timezone.now()
    owners = User.objects.bulk_create([User(username=f"person{each}") for each in range(people)])
    deployments = [Deployment.objects.create(name=f"model{each}", kind="offline") for each in range(4)]
    talks = Conversation.objects.bulk_create([Conversation(owner=owner, title="Usage") for owner in owners])
    said = [
        Message(conversation=talks[at % people], owner=owners[at % people], role="assistant", text="Yes.")
        for at in range(answers)
    ]
    Message.objects.bulk_create(said, batch_size=2000)
    attempts = []
    for message in said:
        prompt = pick.randrange(5000)
        usage = {"prompt_tokens": prompt, "completion_tokens": pick.randrange(1000)}
        usage["prompt_tokens_details"] = {"cached_tokens": prompt // 3}
        attempts.append(
            Attempt(
                message=message,
                number=1,
                deployment=pick.choice(deployments),
                usage=usage,
                cost=Decimal(prompt) / 10**6,
                first_token_ms=pick.randrange(3000),
                duration_ms=5000,
                error="" if pick.random() < 0.98 else "timed_out",
            )
        )
    Attempt.objects.bulk_create(attempts, batch_size=2000)
    for attempt in attempts:
        attempt.started = now - timedelta(seconds=pick.random() * 90 * 86_400)
    Attempt.objects.bulk_update(attempts, ["started"], batch_size=400)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=7)
    main(parser.parse_args())
