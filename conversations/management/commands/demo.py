"""`manage.py demo`: a small world to try the product in. Running it again changes nothing that is there."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import BaseCommand

from conversations.models import Deployment, User

PEOPLE = {
    "admin": ("Ada", "Admin", True),
    "employee": ("Emil", "Employee", False),
    "colleague": ("Cora", "Colleague", False),
}


class Command(BaseCommand):
    help = "Make the demo's people, groups and offline deployment; print how to sign in."

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
        self.stdout.write(
            f"Sign in as {', '.join(PEOPLE)} with the password {password}\n"
            "(on this machine the sign-in page also has a button for employee and administrator)."
        )
