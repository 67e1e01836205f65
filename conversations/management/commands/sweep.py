"""`manage.py sweep`: set right what ended processes left, and purge what was deleted an hour ago.

The server does both by itself.
"""

from typing import Any

from django.core.management import BaseCommand

from conversations.models import Collection, Conversation, Document, Message


class Command(BaseCommand):
    help = "Mark answers that were left by a process that ended as interrupted; purge deleted conversations."

    def handle(self, *args: Any, **options: Any) -> None:
        marked = Message.objects.all().sweep()
        queued = Document.objects.sweep()
        purged = Conversation.objects.all().purge() + Document.objects.purge() + Collection.objects.purge()
        self.stdout.write(f"{len(marked)} interrupted, {queued} documents queued again, {purged} deleted for good")
