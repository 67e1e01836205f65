"""`manage.py sweep`: set right what ended processes left; purge what was deleted, or not used for too long.

The server does both by itself; only here the words of what is gone are merged out of SQLite's search indexes too.
"""

from typing import Any

from django.core.management import BaseCommand

from conversations.models import Collection, Conversation, Document, Message, searching


class Command(BaseCommand):
    help = "Mark answers that were left by a process that ended as interrupted; purge deleted and unused conversations."

    def handle(self, *args: Any, **options: Any) -> None:
        marked = Message.objects.all().sweep()
        queued = Document.objects.sweep()
        conversations = Conversation.objects.all()
        expired = sum(iter(conversations.expire, 0))
        purged = sum(iter(conversations.purge, 0)) + Document.objects.purge() + Collection.objects.purge()
        searching.merge()
        self.stdout.write(
            f"{len(marked)} interrupted, {queued} documents queued again, "
            f"{expired} unused or used again, {purged} deleted for good"
        )
