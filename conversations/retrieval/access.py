"""`access_filter`: a template in a store's own language that lets through what a person's groups may read.

`{groups}` stands for their external ids. It is filled with values, never with text, so that no id can end a string or
add a condition; and whoever is in no group is not asked about at all: nobody's filter matches everything.
"""

import json
import re
from typing import Any

from conversations.retrieval.base import Setting
from conversations.retrieval.errors import SourceRefused

GROUPS = "{groups}"
DELIMITERS = "|;,~^"  # what search.in may be told to split at


def excluded(setting: Setting) -> bool:
    """Whether nothing can match: a filter is set, and no group."""
    return bool(setting.access.filter.strip()) and not _groups(setting)


def structured(setting: Setting) -> Any:
    """The filter as JSON, with a list of ids wherever the template has the string "{groups}"; None if none is set."""
    template = setting.access.filter.strip()
    if not template:
        return None
    try:
        parsed = json.loads(template)
    except ValueError as error:
        raise SourceRefused(setting.name, f"Its access filter is no JSON: {error}.") from error
    groups = _groups(setting)
    found, text = _filled(parsed, groups), json.dumps(parsed)
    whole = text.count(GROUPS) == text.count(json.dumps(GROUPS))
    if not isinstance(parsed, dict) or found == parsed or not whole:
        raise SourceRefused(setting.name, 'Its access filter must be an object with the string "{groups}" as a value.')
    return found


def _filled(template: Any, groups: list[str]) -> Any:
    if template == GROUPS:
        return groups
    if isinstance(template, dict):
        return {name: _filled(member, groups) for name, member in template.items()}
    if isinstance(template, list):
        return [_filled(each, groups) for each in template]
    return template


def odata(setting: Setting, filter: str) -> str:
    """`filter` and what else must hold, each in brackets of its own. `{groups}`: the last arguments of search.in."""
    template = setting.access.filter.strip()
    parts = [each for each in (filter.strip(), setting.access.within.strip()) if each]
    if template:
        # Outside of strings only: what is filled in is a string itself.
        if GROUPS not in template or template.count(GROUPS) != _outside(template).count(GROUPS):
            words = "Its access filter must have {groups}, without quotes, as in search.in(group, {groups})."
            raise SourceRefused(setting.name, words)
        parts.append(template.replace(GROUPS, _list(setting)))
    for part in parts:
        _closed(setting.name, part)
    return parts[0] if len(parts) == 1 else " and ".join(f"({each})" for each in parts)


def _list(setting: Setting) -> str:
    """The ids as one OData string, and what it is split at: a sign that is in none of them."""
    groups = _groups(setting)
    delimiter = next((each for each in DELIMITERS if not any(each in group for group in groups)), None)
    if delimiter is None:
        raise SourceRefused(setting.name, "The names of its groups hold every sign that could part them.")
    joined = delimiter.join(groups).replace("'", "''")
    return f"'{joined}', '{delimiter}'"


def _outside(expression: str) -> str:
    """An OData expression without its strings, in which '' is a quote."""
    return re.sub(r"'(?:[^']|'')*'", "''", expression)


def _closed(source: str, expression: str) -> None:
    """Refuses what would leave its brackets: `a) or (b`, or a string without an end."""
    depth, plain = 0, _outside(expression)
    for sign in plain:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth or "'" in plain.replace("''", ""):
        raise SourceRefused(source, "A filter has a bracket or a quote too many or too few.")


def _groups(setting: Setting) -> list[str]:
    return [each for each in setting.access.groups if each.strip()]
