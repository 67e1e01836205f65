"""The id token: nobody is believed whose token is not signed by the issuer, for us, now, for this very attempt."""

from typing import Any

import jwt
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from conversations.oidc.refused import Refused

ALGORITHMS = [f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)] + ["EdDSA"]
LEEWAY = 60  # seconds that clocks may differ
LONGEST_SUBJECT = 191  # what allauth stores

UNTRUSTED = _("The answer of the identity provider could not be trusted. Try once more.")


def verify(token: Any, keys: Any, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of `token`; `keys` is the provider's JWKS document. Raises Refused."""
    if not isinstance(token, str):
        raise Refused(UNTRUSTED, "the provider sent no id token")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token).get("kid")),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise Refused(UNTRUSTED, f"id token: {error}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise Refused(UNTRUSTED, "id token: it was issued to another client (azp)")
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise Refused(UNTRUSTED, "id token: the nonce is not that of this attempt")
    if not claims["sub"] or len(claims["sub"]) > LONGEST_SUBJECT:
        raise Refused(UNTRUSTED, f"id token: the subject is empty or longer than {LONGEST_SUBJECT} characters")
    return claims


def _key(keys: Any, kid: str | None) -> jwt.PyJWK:
    if not isinstance(keys, dict):
        raise jwt.PyJWKSetError("the provider's keys are no JSON object")
    known = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    found = [key for key in known if key.key_id == kid] if kid else known
    if len(found) != 1:
        raise jwt.InvalidKeyError(f"no single key of the provider has the id {kid!r}")
    return found[0]
