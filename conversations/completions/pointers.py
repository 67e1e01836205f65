"""Taking the secrets out of a source's JSON and putting them back: a JSON pointer names each place (RFC 6901)."""

import copy
from typing import Any
from urllib.parse import urlsplit

from conversations.completions.data_sources import AUTHENTICATION, SECRET


def part(parameters: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The parameters with null for every secret, and pointer → secret for those that have one."""
    shown, secrets = copy.deepcopy(parameters), {}
    for holder, at in _authentications(shown, ""):
        for name in SECRET & set(holder):
            if holder[name]:
                secrets[f"{at}/{name}"] = str(holder[name])
            holder[name] = None
    return shown, secrets


def joined(parameters: dict[str, Any], secrets: dict[str, str]) -> dict[str, Any]:
    """The whole parameters again; a secret whose place is gone is left out."""
    whole = copy.deepcopy(parameters)
    for holder, at in _authentications(whole, ""):
        for name in SECRET:
            if (secret := secrets.get(f"{at}/{name}")) is not None:
                holder[name] = secret
    return whole


def blank(parameters: dict[str, Any], filler: str | None = None) -> dict[str, Any]:
    """The parameters with `filler` for every secret that is to be given and is not."""
    whole = copy.deepcopy(parameters)
    for holder, _ in _authentications(whole, ""):
        for name in SECRET & set(AUTHENTICATION.get(str(holder.get("type")), ())):
            holder[name] = holder.get(name) or filler
    return whole


def kept(before: dict[str, Any], after: dict[str, Any], secrets: dict[str, str]) -> dict[str, str]:
    """Those of `secrets`, stored for `before`, that `after` still means: same place, same target, same type.

    Otherwise whoever may edit an address could send a stored secret to a server of their own.
    """
    targets = [{at: _target(holder, parameters, at) for holder, at in _authentications(parameters, "")}
               for parameters in (before, after)]  # fmt: skip
    same = {at for at in targets[0] if targets[0][at] == targets[1].get(at)}
    return {pointer: secret for pointer, secret in secrets.items() if pointer.rpartition("/")[0] in same}


def _target(authentication: dict[str, Any], parameters: dict[str, Any], at: str) -> tuple[str, ...]:
    """Where the secrets of the authentication at `at` are sent: the object around it says so."""
    around = parameters
    for name in at.split("/")[1:-1]:
        around = around[name]
    parts = urlsplit(str(around.get("endpoint") or ""))
    host = parts.netloc.lower() or parts.path.lower()  # MongoDB's endpoint is a bare host
    return (str(authentication.get("type") or ""), parts.scheme, host, str(around.get("environment") or ""))


def _authentications(value: Any, at: str) -> list[tuple[dict[str, Any], str]]:
    """Every object called `authentication`, with the pointer to it."""
    found: list[tuple[dict[str, Any], str]] = []
    for name, member in value.items() if isinstance(value, dict) else ():
        if not isinstance(member, dict):
            continue
        if name == "authentication":
            found.append((member, f"{at}/{name}"))
        found += _authentications(member, f"{at}/{name}")
    return found
