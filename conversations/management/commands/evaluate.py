"""`manage.py evaluate <source> --as <user>`: ask a source's golden questions, and say how it did."""

from typing import Any

from asgiref.sync import async_to_sync
from django.core.management import BaseCommand, CommandError, CommandParser

from conversations.answering.evaluating import Busy, evaluate
from conversations.completions import net
from conversations.completions.errors import CompletionError
from conversations.models import DataSource, Deployment, Evaluation, Reader, User


class Command(BaseCommand):
    help = "Ask a source's golden questions on behalf of a person; store and print how it did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source")
        parser.add_argument("--as", dest="person", required=True, help="User name: what they may read is found.")
        parser.add_argument("--deployment", default="", help="Name of the one that answers; the first if not given.")

    def handle(self, *args: Any, source: str, person: str, deployment: str, **options: Any) -> None:
        asked = DataSource.objects.kept().filter(name=source).first()
        reader = User.objects.filter(username=person, is_active=True).first()
        if asked is None or reader is None:
            raise CommandError(f"There is no such {'data source' if asked is None else 'active person'}.")
        theirs = Deployment.objects.for_reader(reader.reader())
        answering = theirs.filter(name=deployment).first() if deployment else theirs.first()
        if answering is None:
            raise CommandError(f"There is no such deployment that {person} may ask.")
        if not asked.golden_questions.exists():
            raise CommandError(f"“{source}” has no golden questions; write some in the administration.")
        try:
            run = async_to_sync(_run)(asked, answering, reader.reader())
        except CompletionError as error:
            raise CommandError(str(error)) from error
        except Busy as error:
            raise CommandError(f"The golden questions of “{source}” are being asked already; wait for that.") from error
        changes = run.changes()
        for name, share in run.shares.items():
            if share is not None:
                change = changes[name]
                self.stdout.write(f"{name:10} {share:7.1%}" + (f" ({change:+.1%})" if change is not None else ""))
        for each in run.told:
            if not each.fine:
                self.stdout.write(f"not fine: {each.question} {each.error}".rstrip())


async def _run(source: DataSource, deployment: Deployment, reader: Reader) -> Evaluation:
    try:
        return await evaluate(source, deployment, reader)
    finally:
        await net.aclose()
