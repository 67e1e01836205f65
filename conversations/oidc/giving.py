"""Groups and the right to administer, given and taken as the provider says, at every sign-in.

What administrators gave by hand is never taken: each membership that came from a provider says so.
"""

import logging

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from conversations.models import NOBODY, GivenMembership, User
from conversations.oidc.claims import Said

log = logging.getLogger(__name__)


@transaction.atomic
def give_and_take(person: User, said: Said, issuer: str) -> None:
    """Make what `person` has from `issuer` what it says now."""
    person = User.objects.select_for_update().get(pk=person.pk)
    _rights(person, said)
    if said.groups is not None:
        _groups(person, said.groups, issuer)


def _rights(person: User, said: Said) -> None:
    wanted = {"is_staff": said.staff, "is_superuser": said.superuser}
    if said.superuser:
        wanted["is_staff"] = True
    elif said.superuser is False and person.is_superuser:  # what came with it goes with it
        wanted["is_staff"] = bool(said.staff)
    changed = [name for name, value in wanted.items() if value is not None and getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    if changed:
        person.save(update_fields=changed)
        log.info("Person %s: %s", person.pk, ", ".join(f"{name} is now {wanted[name]}" for name in changed))


def _groups(person: User, names: frozenset[str], issuer: str) -> None:
    # A group that has an id elsewhere is known by it alone: anybody might call theirs the same.
    known = Q(external__external_id__in=names) | Q(external=None, name__in=names)
    wanted = set(Group.objects.filter(known).exclude(name=NOBODY).values_list("pk", flat=True))
    through = User.groups.through.objects.filter(user=person)
    had = set(through.values_list("group_id", flat=True))
    given = set(through.filter(given__issuer=issuer).values_list("group_id", flat=True))
    if lost := given - wanted:
        person.groups.remove(*lost)
    if new := wanted - had:
        person.groups.add(*new)
        added = through.filter(group_id__in=new)
        GivenMembership.objects.bulk_create(GivenMembership(membership=each, issuer=issuer) for each in added)
    if lost or new:
        log.info("Person %s: given groups %s, taken groups %s", person.pk, sorted(new), sorted(lost))
