"""`manage.py configuration`: the table of docs/configuration.md, made from the code that reads the variables."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

HEAD = """# Configuration

Made by `manage.py configuration > docs/configuration.md`. Set these in the environment, or in `.env` beside
`manage.py`; the environment wins. Nothing has to be set for the embedded defaults.

| Variable | Kind | Default | Meaning |
|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Print the table of environment variables as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table(), ending="")


def table() -> str:
    """The page docs/configuration.md."""
    rows = [
        f"| `{each.name}` | {each.kind} | {each.default or 'not set'} | {each.meaning} |\n"
        for each in sorted(settings.VARIABLES.values(), key=lambda each: each.name)
    ]
    return HEAD + "".join(rows)
