"""The company's identity provider, as the environment describes it (docs/sign-in.md); None where there is none."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatapp import env


@dataclass(frozen=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = "single sign-on"
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    new_people: bool = True
    link_by_email: bool = False
    through: tuple[str, ...] = ()
    groups_claim: str = ""
    roles_claim: str = ""
    staff: str = ""
    superuser: str = ""
    graph: str = ""

    @property
    def origins(self) -> list[str]:
        """Where a browser is sent to by the form of the sign-in page, for the policy's `form-action`."""
        address = urlsplit(self.issuer)
        return [f"{address.scheme}://{address.netloc}", *self.through]


def read() -> Provider | None:
    """Raises ImproperlyConfigured for what could not work, or not safely."""
    provider = Provider(
        issuer=env.text(
            "OIDC_ISSUER",
            "",
            "Issuer of the company's identity provider, exactly as its discovery document has it. "
            "Unset: people sign in with passwords alone.",
        ),
        client_id=env.text("OIDC_CLIENT_ID", "", "Client id that the provider gave this product."),
        client_secret=env.text("OIDC_CLIENT_SECRET", "", "Its secret."),
        name=env.text("OIDC_NAME", "single sign-on", "What the sign-in button calls the provider."),
        scopes=tuple(
            env.text("OIDC_SCOPES", "openid profile email", "What is asked for at sign-in, by spaces.").split()
        ),
        new_people=env.flag(
            "OIDC_NEW_PEOPLE", True, "Make an account for whoever signs in through the provider for the first time."
        ),
        link_by_email=env.flag(
            "OIDC_LINK_BY_EMAIL",
            False,
            "Trust the provider's verified e-mail address to name an existing account, once. Its password is removed.",
        ),
        through=tuple(
            env.listed(
                "OIDC_ORIGINS",
                "Further origins that signing in leads through, such as https://login.example.com.",
            )
        ),
        groups_claim=env.text(
            "OIDC_GROUPS_CLAIM",
            "",
            "Claim with names or ids of a person's groups, such as `groups`; dots lead inwards. "
            "Unset: the provider says nothing about groups.",
        ),
        roles_claim=env.text("OIDC_ROLES_CLAIM", "", "Claim with a person's roles, such as `roles`."),
        staff=env.text(
            "OIDC_STAFF", "", "Role, or group, whose people may open the administration. Unset: given by hand."
        ),
        superuser=env.text(
            "OIDC_SUPERUSER", "", "Role, or group, whose people may do everything there. Unset: given by hand."
        ),
        graph=env.text(
            "OIDC_GRAPH",
            "",
            "Where Microsoft Graph is asked for the groups of people who have too many for a token, "
            "such as https://graph.microsoft.com/v1.0. Unset: such people are refused, in words.",
        ).rstrip("/"),
    )
    if not provider.issuer:
        return None
    _check("OIDC_ISSUER", provider.issuer)
    if provider.graph:
        _check("OIDC_GRAPH", provider.graph)
    if not provider.client_id:
        raise ImproperlyConfigured("OIDC_ISSUER is set and OIDC_CLIENT_ID is not: set both (docs/sign-in.md).")
    if "openid" not in provider.scopes:
        raise ImproperlyConfigured("OIDC_SCOPES must contain openid.")
    if (provider.staff or provider.superuser) and not (provider.roles_claim or provider.groups_claim):
        raise ImproperlyConfigured(
            "OIDC_STAFF and OIDC_SUPERUSER are looked for in a claim: set OIDC_ROLES_CLAIM or OIDC_GROUPS_CLAIM."
        )
    return provider


def _check(name: str, value: str) -> None:
    address = urlsplit(value)
    if not address.hostname or not (address.scheme == "https" or _loopback(address.hostname)):
        raise ImproperlyConfigured(f"{name} must be an https address, such as https://login.example.com/realms/us.")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
