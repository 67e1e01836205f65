"""`manage.py sweep`: mark answers whose process has ended as interrupted (the server does so by itself)."""

from typing import Any

from django.core.management import BaseCommand

from conversations.models import Message


class Command(BaseCommand):
    help = "Mark answers that were left by a process that ended as interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        marked = Message.objects.all().sweep()
        self.stdout.write(f"{len(marked)} interrupted")
