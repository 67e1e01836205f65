"""`manage.py demo`: a small world to try the product in. Running it again changes nothing that is there."""

import asyncio
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import BaseCommand
from django.utils.translation import gettext_noop

from conversations import demo
from conversations.models import Assistant, Collection, DataSource, Deployment, User
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add

EVERYONE, PEOPLE_TEAM, FINANCE = "Everyone", "People team", "Finance"
PEOPLE = {  # first and last name, administrator, groups
    "admin": ("Ada", "Admin", True, (EVERYONE, PEOPLE_TEAM, FINANCE)),
    "employee": ("Emil", "Employee", False, (EVERYONE,)),
    "colleague": ("Cora", "Colleague", False, (EVERYONE, PEOPLE_TEAM, FINANCE)),
}

STARTERS = (  # people see them in their own language, and what answers them is in the handbook in each
    gettext_noop("How many days of parental leave do I get, and who approves it?"),
    gettext_noop("How much may a hotel in Paris cost?"),
    gettext_noop("How many days a week may I work remotely?"),
)


class Command(BaseCommand):
    help = "Make the demo's people, groups, offline deployment and handbook; print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        # Checking a password takes a good part of a second by design: one tells for all, and only if it may differ.
        admin = User.objects.filter(username="admin", demo=True).first()
        may_differ = settings.DEMO_PASSWORD_CHOSEN or not settings.DEMO_PASSWORD
        outdated = admin is not None and may_differ and not admin.check_password(password)
        groups = {name: Group.objects.get_or_create(name=name)[0] for name in (EVERYONE, PEOPLE_TEAM, FINANCE)}
        for username, (first, last, staff, member) in PEOPLE.items():
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
            if new:
                person.groups.add(*(groups[each] for each in member))
        self._deployment("offline", "Offline", 100)
        self._deployment("offline-finance", "Offline for finance", 110, groups[FINANCE])
        handbook = self._source(demo.NAME, demo.DESCRIPTION, demo.FILES)
        bands = self._source(demo.CLOSED, demo.CLOSED_DESCRIPTION, demo.CLOSED_FILES, groups[PEOPLE_TEAM])
        asyncio.run(runner.run_out())
        if handbook:
            handbook.on_by_default, handbook.starters = True, list(STARTERS)
            handbook.save()
            self._assistants(handbook, bands, groups[PEOPLE_TEAM])
        self.stdout.write(
            f"Sign in as {', '.join(PEOPLE)} with the password {password}\n"
            "(on this machine the sign-in page also has a button for employee and administrator)."
        )

    def _deployment(self, name: str, label: str, position: int, group: Group | None = None) -> None:
        made, new = Deployment.objects.get_or_create(
            name=name, defaults={"label": label, "kind": "offline", "position": position}
        )
        if new and group:
            made.groups.add(group)

    def _source(
        self, name: str, description: str, files: tuple[str, ...], group: Group | None = None
    ) -> DataSource | None:
        """A collection and the source over it, made once: an administrator may change or delete both. None: it was."""
        if Collection.objects.filter(name=name).exists() or DataSource.objects.filter(name=name).exists():
            return None
        collection = Collection.objects.create(name=name, language="en", description=description)
        for file in files:
            add(collection, file, (demo.HANDBOOK / file).read_bytes(), None)
        source = DataSource(name=name, description=description)
        source.configure("local", {"collections": [name], "top_n_documents": 5})
        source.save()
        if group:
            collection.groups.add(group)
            source.groups.add(group)
        return source

    def _assistants(self, handbook: DataSource, bands: DataSource | None, team: Group) -> None:
        desk = Assistant(name="HR desk", description="Leave, pay and travel, from the handbook.", **self._offline())
        desk.starters = list(STARTERS)
        desk.write("You are the HR desk of Fernhollow. Be brief and kind, and name who decides.")
        desk.sources.add(handbook)
        hiring = Assistant(
            name="Hiring helper", description="Bands and offers, for the people team.", **self._offline()
        )
        hiring.starters = ["Which band has a team lead?", "Who signs an offer?"]
        hiring.write("You help the people team with offers. Never guess an amount.")
        hiring.sources.add(handbook, *([bands] if bands else []))
        hiring.groups.add(team)

    def _offline(self) -> dict[str, Any]:
        return {"deployment": Deployment.objects.get(name="offline")}
