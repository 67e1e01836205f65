"""Answers that are values: the arguments of a tool, and what `response_format` asks for.

Nothing is understood here. Numbers and words of the question fill the schema in the order in which it asks for them.
"""

import json
import re
from typing import Any

from conversations.completions.offline import asked as reading

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DEEPEST = 20  # schemas within schemas
LARGEST = 500  # values of one instance: a few lines of schema can ask for more than a machine has room for


class NoSchema(ValueError):
    """What was given as a schema is none that could be filled; its text is the parameter that it stands in."""


def calls(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The tool calls of the answer: of each tool that `tool_choice` or the question names; none after a result."""
    tools = {each["function"]["name"]: each["function"] for each in asked.get("tools") or []}
    choice, question = asked.get("tool_choice") or "auto", reading.question(asked)
    if not tools or choice == "none" or asked["messages"][-1]["role"] == "tool":
        return []
    if isinstance(choice, dict):
        named = [str((choice.get("function") or {}).get("name"))]
    else:
        named = [name for name in tools if name.lower() in question.lower()]
        if not named and choice == "required":
            named = [next(iter(tools))]
    if asked.get("parallel_tool_calls") is False:
        named = named[:1]
    return [
        {"name": name, "arguments": _filled("tools", tools[name].get("parameters"), question)}
        for name in named
        if name in tools
    ]


def formatted(asked: dict[str, Any], text: str) -> str:
    """`text` as `response_format` wants it."""
    wanted = asked.get("response_format") or {}
    if wanted.get("type") == "json_object":
        return _dumps({"answer": text})
    if wanted.get("type") == "json_schema":
        return _filled("response_format", (wanted.get("json_schema") or {}).get("schema"), text)
    return text


def instance(schema: dict[str, Any], text: str) -> Any:
    """A value that fits `schema`, with the words and numbers of `text`."""
    numbers = iter(_NUMBER.findall(text))
    left = LARGEST
    definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}

    def fill(part: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        part = part if isinstance(part, dict) and depth < DEEPEST and left > 0 else {}
        if reference := part.get("$ref"):
            return fill(definitions.get(str(reference).rpartition("/")[2]), depth + 1)
        for name in ("anyOf", "oneOf", "allOf"):
            if part.get(name):
                return fill(part[name][0], depth + 1)
        if "const" in part:
            return part["const"]
        if part.get("enum"):
            return next((each for each in part["enum"] if str(each).lower() in text.lower()), part["enum"][0])
        kind = part.get("type", "object" if "properties" in part else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: fill(each, depth + 1) for name, each in (part.get("properties") or {}).items()}
        if kind == "array":
            return [fill(part.get("items"), depth + 1) for _ in range(max(1, min(part.get("minItems", 1), left)))]
        if kind in ("number", "integer"):
            found = float(next(numbers, part.get("minimum", 0)))
            return int(found) if kind == "integer" or found.is_integer() else found
        return {"boolean": True, "null": None}.get(kind, text)

    return fill(schema or {"type": "object"}, 0)


def _filled(parameter: str, schema: Any, text: str) -> str:
    """Raises NoSchema: what a real model is shown, its own server looks through; here it is found by trying."""
    try:
        return _dumps(instance(schema or {}, text))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise NoSchema(parameter) from error


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
