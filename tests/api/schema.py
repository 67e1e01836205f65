"""Does a value fit a schema of the OpenAPI document? As much of JSON Schema 2020-12 as the document uses, no more."""

import re
from itertools import count

TYPES = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}
NOTES = {"title", "description", "default", "contentMediaType"}
KNOWN = {"$ref", "type", "enum", "const", "anyOf", "oneOf", "properties", "required", "items", "additionalProperties"}
KNOWN |= {"minimum", "maximum", "minLength", "maxLength", "maxItems", "minItems"} | NOTES


def faults(value, schema, document, at="$"):
    """What does not fit, with its place; nothing if all does."""
    unknown = set(schema) - KNOWN
    assert not unknown, f"the checker does not know {unknown}"
    if "$ref" in schema:
        yield from faults(value, resolved(schema["$ref"], document), document, at)
    if "type" in schema and not TYPES[schema["type"]](value):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    for word, fine in (("anyOf", lambda n: n > 0), ("oneOf", lambda n: n == 1)):
        branches = schema.get(word)
        if branches and not fine(sum(not list(faults(value, each, document, at)) for each in branches)):
            yield f"{at}: {value!r} fits {word} {branches} wrongly"
    if TYPES["number"](value) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if isinstance(value, str | list):
        least = schema.get("minLength" if isinstance(value, str) else "minItems", 0)
        most = schema.get("maxLength" if isinstance(value, str) else "maxItems", len(value))
        if not least <= len(value) <= most:
            yield f"{at}: {len(value)} is no length for it"
    if isinstance(value, list) and "items" in schema:
        for number, each in zip(count(), value, strict=False):
            yield from faults(each, schema["items"], document, f"{at}[{number}]")
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{at}: {name} is missing"
        for name, each in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            if isinstance(inner, dict):
                yield from faults(each, inner, document, f"{at}.{name}")


def resolved(reference, document):
    assert re.match("#/", reference), reference
    found = document
    for step in reference[2:].split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found
