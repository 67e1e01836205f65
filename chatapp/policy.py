"""Who may sign in how: with passwords kept here, and with what besides them."""

from django.core.exceptions import ImproperlyConfigured

from chatapp import env
from chatapp.oidc import Provider

PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


def passwords(provider: Provider | None) -> bool:
    """Raises ImproperlyConfigured where nobody could sign in."""
    allowed = env.flag("PASSWORDS", True, "Let people sign in with a password kept here. `no` needs OIDC_ISSUER.")
    if provider is None and not allowed:
        raise ImproperlyConfigured("PASSWORDS is off and OIDC_ISSUER is not set: nobody could sign in. Set one.")
    return allowed


def backends(with_passwords: bool) -> list[str]:
    if with_passwords:
        return ["django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend"]
    return ["conversations.oidc.backend.NoPasswords"]


def second_factor() -> str:
    who = env.text(
        "MFA_REQUIRED", "none", "Who must have a second factor (`none`, `staff`, `everybody`); others may have one."
    )
    if who not in {"none", "staff", "everybody"}:
        raise ImproperlyConfigured("MFA_REQUIRED must be none, staff or everybody.")
    return who
