"""Taking the secrets out of a source's JSON and putting them back: a JSON pointer names each place (RFC 6901)."""

import copy
from typing import Any

from conversations.completions.data_sources import SECRET


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
