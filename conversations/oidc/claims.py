"""What the provider says of a person's groups and roles, in whichever of the usual shapes it says it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.oidc.refused import Refused

log = logging.getLogger(__name__)

TOO_MANY = _(
    "You are in more groups than fit into a sign-in, and they cannot be read otherwise. Without them you would be "
    "refused what is yours. Ask your administrator to set OIDC_GRAPH, as the page on signing in describes."
)


@dataclass(frozen=True)
class Said:
    """Names or ids as the provider writes them; None: it is not asked, or does not say, so nothing changes."""

    groups: frozenset[str] | None = None
    staff: bool | None = None
    superuser: bool | None = None


def read(claims: dict[str, Any], provider: Any, fetch: Callable[[], list[str]]) -> Said:
    """`fetch` gets the ids of groups from the provider's directory. Raises Refused: never silently without groups.

    Groups that are not said at all stay, since much hangs on them, up to how long conversations are kept; the right to
    administer is only had while it is said.
    """
    groups: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    if provider.groups_claim:
        if _left_out(claims, provider.groups_claim):
            if not provider.graph:
                raise Refused(TOO_MANY, "groups overage: the token holds none of them, and OIDC_GRAPH is not set")
            groups = frozenset(fetch())
        else:
            groups = _values(claims, provider.groups_claim)
            if groups is None:
                log.warning("No claim %s in the token: the person's groups stay as they are", provider.groups_claim)
    if provider.roles_claim:
        roles = _values(claims, provider.roles_claim)
    everything = (groups or frozenset()) | (roles or frozenset())
    return Said(
        groups=groups,
        staff=provider.staff in everything if provider.staff else None,
        superuser=provider.superuser in everything if provider.superuser else None,
    )


def _left_out(claims: dict[str, Any], name: str) -> bool:
    """Entra's overage: instead of the groups, a hint where they could be had."""
    elsewhere = claims.get("_claim_names")
    hinted = isinstance(elsewhere, dict) and name in elsewhere
    return name not in claims and (hinted or str(claims.get("hasgroups")).lower() == "true")


def _values(claims: dict[str, Any], path: str) -> frozenset[str] | None:
    """The words at `path`: a claim of that very name, or dots that lead inwards. None: there is no such claim."""
    found: Any = claims.get(path)
    if found is None and "." in path:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        log.info("The provider said nothing in the claim %s", path)
        return None
    if isinstance(found, str):
        found = [found]
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()
