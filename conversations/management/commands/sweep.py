"""`manage.py sweep`: mark answers whose process has ended as interrupted, and purge what was deleted an hour ago.

The server does both by itself.
"""

from typing import Any

from django.core.management import BaseCommand

from conversations.models import Conversation, Message


class Command(BaseCommand):
    help = "Mark answers that were left by a process that ended as interrupted; purge deleted conversations."

    def handle(self, *args: Any, **options: Any) -> None:
        marked = Message.objects.all().sweep()
        purged = Conversation.objects.all().purge()
        self.stdout.write(f"{len(marked)} interrupted, {purged} deleted for good")
