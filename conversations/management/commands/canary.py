"""`manage.py canary`: ask every enabled deployment and data source once; for a scheduler that tells somebody."""

import asyncio
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from conversations.admin.canary import Sung, sing
from conversations.models import User


class Command(BaseCommand):
    help = "Ask every enabled deployment and data source once; ends with 1 if one fails or has retired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as",
            dest="person",
            help="on whose behalf sources are asked: who may read what they hold; without it an administrator",
        )

    def handle(self, *args: Any, person: str | None, **options: Any) -> None:
        known = User.objects.filter(is_active=True)
        asking = known.filter(username=person) if person else known.filter(is_superuser=True).order_by("pk")
        if (asker := asking.first()) is None:
            who = f"There is nobody active named “{person}”." if person else "There is no active administrator."
            raise CommandError(f"{who} Say with --as on whose behalf data sources are asked.")
        results = asyncio.run(sing(asker.reader()))
        for each in results:
            how = "failed" if each.error else "fine"
            self.stdout.write(f"{how:6}  {each.ms:6} ms  {each.kind} “{each.name}”{_why(each)}")
        failed = sum(1 for each in results if each.error or _retired(each))
        self.stdout.write(f"{len(results) - failed} fine, {failed} failed")
        if failed:
            raise SystemExit(1)


def _retired(sung: Sung) -> bool:
    return sung.days_left is not None and sung.days_left < 0


def _why(sung: Sung) -> str:
    why = f": {sung.error}" if sung.error else ""
    if _retired(sung):
        return f"{why} (has retired: choose another model)"
    return f"{why} (retires in {sung.days_left} days)" if sung.days_left is not None and sung.days_left <= 30 else why
