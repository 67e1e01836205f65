"""`manage.py demo`: a small world to try the product in. Running it again changes nothing that is there."""

import asyncio
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import BaseCommand

from conversations import demo
from conversations.models import Collection, DataSource, Deployment, User
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add

PEOPLE = {
    "admin": ("Ada", "Admin", True),
    "employee": ("Emil", "Employee", False),
    "colleague": ("Cora", "Colleague", False),
}


class Command(BaseCommand):
    help = "Make the demo's people, groups, offline deployment and handbook; print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        # Checking a password takes a good part of a second by design: one tells for all, and only if it may differ.
        admin = User.objects.filter(username="admin", demo=True).first()
        may_differ = settings.DEMO_PASSWORD_CHOSEN or not settings.DEMO_PASSWORD
        outdated = admin is not None and may_differ and not admin.check_password(password)
        everyone, _ = Group.objects.get_or_create(name="Everyone")
        for username, (first, last, staff) in PEOPLE.items():
            person, new = User.objects.get_or_create(
                username=username,
                defaults={
                    "first_name": first,
                    "last_name": last,
                    "email": f"{username}@demo.invalid",
                    "is_staff": staff,
                    "is_superuser": staff,
                    "demo": True,
                },
            )
            if new or (person.demo and outdated):
                person.set_password(password)
                person.save(update_fields=["password"])
            person.groups.add(everyone)
        Deployment.objects.get_or_create(
            name="offline", defaults={"label": "Offline", "kind": "offline", "position": 100}
        )
        self._handbook()
        self.stdout.write(
            f"Sign in as {', '.join(PEOPLE)} with the password {password}\n"
            "(on this machine the sign-in page also has a button for employee and administrator)."
        )

    def _handbook(self) -> None:
        """The handbook's collection and the source over it, once: an administrator may change or delete both."""
        if Collection.objects.filter(name=demo.NAME).exists() or DataSource.objects.filter(name=demo.NAME).exists():
            return
        collection = Collection.objects.create(name=demo.NAME, language="en", description=demo.DESCRIPTION)
        for name in demo.FILES:
            add(collection, name, (demo.HANDBOOK / name).read_bytes(), None)
        asyncio.run(runner.run_out())
        source = DataSource(name=demo.NAME, description=demo.DESCRIPTION, on_by_default=True)
        source.configure("local", {"collections": [demo.NAME], "top_n_documents": 5})
        source.starters = list(demo.STARTERS)
        source.save()
