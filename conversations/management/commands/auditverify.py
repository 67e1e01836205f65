"""`manage.py auditverify`: is the audit as it was written?

Its last word is the head, to be noted somewhere that whoever can write to this database cannot.
"""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from conversations.models.audit import walk


class Command(BaseCommand):
    help = "Follow the chain of the audit; exit code 1 and the first broken entry if something was changed or removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", default="", help="The head that an earlier run printed: finds out whether the end was cut off."
        )

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        walked = walk(head)
        if walked.broken is not None:
            raise CommandError(f"Entry {walked.broken} is broken: {walked.why}. Whole until {walked.head}")
        self.stdout.write(f"{walked.entries} entries, all as they were written. Head: {walked.head}")
