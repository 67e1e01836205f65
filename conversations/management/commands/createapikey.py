"""`manage.py createapikey <user>`: a key for a person or a service account; the last word of the output is the key."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import ApiKey, AuditEntry, User
from conversations.models.api_key import service_account


class Command(BaseCommand):
    help = "Make an API key for a person, or with --service for a service account, which is made if it is new."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name that the person signs in with")
        parser.add_argument("--name", default="from the command line", help="what the key is for")
        parser.add_argument("--service", action="store_true", help="make a service account of this name if it is new")

    def handle(self, *args: Any, user: str, name: str, service: bool, **options: Any) -> None:
        owner = User.objects.filter(username=user).first()
        if owner is None and not service:
            raise CommandError(f"There is nobody named “{user}”. With --service a service account is made.")
        owner = owner or service_account(user)
        if not owner.is_active:
            raise CommandError(f"“{user}” is suspended: no key of theirs would work.")
        key = ApiKey(owner=owner, name=name)
        with transaction.atomic():
            secret = key.issue()
            AuditEntry.write("apikey.add", key, concerns=owner, note="manage.py createapikey")
        self.stdout.write(f"Key “{name}” of {owner}, shown only here: {secret}")
