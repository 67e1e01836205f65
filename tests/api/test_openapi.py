"""The OpenAPI document: by the rules of 3.1, complete, and true of what the server takes and says."""

import json
import re
from collections import Counter
from http import HTTPStatus

import pytest

from tests.api.schema import KNOWN, TYPES, faults, resolved
from tests.test_strangers import routes

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def document(client):
    response = client.get("/openai/openapi.json")
    assert response.status_code == 200
    return response.json()


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def schemas(value, inside=False):
    """Every schema of the document, wherever it stands."""
    if isinstance(value, list):
        for each in value:
            yield from schemas(each, inside)
    elif isinstance(value, dict):
        if inside:
            yield value
        for name, each in value.items():
            if name in {"schemas", "properties"}:
                for inner in each.values():
                    yield from schemas(inner, True)
            elif name not in {"enum", "default", "const", "securitySchemes"}:
                yield from schemas(each, name in {"schema", "items", "anyOf", "oneOf", "additionalProperties"})


def test_it_has_what_every_document_must_have(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"]
    assert document["info"]["version"]
    assert document["paths"]
    assert set(document) <= {"openapi", "info", "servers", "security", "paths", "components", "tags"}
    assert document["servers"] == [{"url": "http://testserver"}]


def test_its_address_is_the_one_people_type(document, client, settings):
    settings.PUBLIC_URL = "https://chat.example.com"
    assert client.get("/openai/openapi.json").json()["servers"] == [{"url": "https://chat.example.com"}]


def test_paths_and_parameters_keep_the_rules(document):
    for path, _, operation in operations(document):
        assert path.startswith("/")
        parameters = operation.get("parameters", [])
        named = {each["name"] for each in parameters if each["in"] == "path"}
        assert named == set(re.findall(r"{([^}]+)}", path))
        assert max(Counter((each["name"], each["in"]) for each in parameters).values(), default=1) == 1
        for each in parameters:
            assert each["in"] in {"query", "header", "path", "cookie"}
            assert each["required"] or each["in"] != "path"
            assert ("schema" in each) != ("content" in each)
    plain = [re.sub(r"{[^}]+}", "{}", path) for path in document["paths"]]
    assert len(plain) == len(set(plain))


def test_operations_keep_the_rules(document):
    found = list(operations(document))
    ids = [operation["operationId"] for *_, operation in found]
    assert len(ids) == len(set(ids))
    for _, method, operation in found:
        assert operation["responses"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"default|[1-5](\d\d|XX)", status)
            assert int(status) in {each.value for each in HTTPStatus}
            assert response.get("description")
            assert "$ref" in response or response["content"]
        assert ("requestBody" in operation) == (method == "post")


def test_every_reference_leads_somewhere(document):
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    assert len(references) > 50
    for each in references:
        assert resolved(each, document)


def test_components_have_proper_names_and_security_is_declared(document):
    for kind, named in document["components"].items():
        for name in named:
            assert re.fullmatch(r"[a-zA-Z0-9._-]+", name), (kind, name)
            assert not name.startswith("conversations"), "two types have one name"
    schemes = document["components"]["securitySchemes"]
    assert {name for each in document["security"] for name in each} == set(schemes)
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer"}
    assert schemes["api-key"] == {"type": "apiKey", "in": "header", "name": "api-key"}


def test_schemas_are_json_schema(document):
    found = list(schemas(document))
    assert len(found) > 200
    for each in found:
        assert set(each) <= KNOWN, each
        assert each.get("type", "null") in TYPES
        assert isinstance(each.get("properties", {}), dict)
        assert isinstance(each.get("enum", [1]), list)
        assert each.get("enum", [1])
        required = each.get("required", [])
        assert len(required) == len(set(required))
        assert set(required) <= set(each.get("properties", {}))
        for word in ("anyOf", "oneOf"):
            assert isinstance(each.get(word, [{}]), list)
            assert each.get(word, [{}])


def test_every_address_of_the_api_is_in_it(document):
    def plain(path):
        return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path)

    served = {plain(path) for name, path in routes() if name and name.startswith("api_") and name != "api_nothing"}
    assert served <= set(document["paths"])


def test_a_wrong_value_would_be_seen(document):
    schema = {"$ref": "#/components/schemas/ErrorResponse"}
    fine = {"message": "No.", "type": "t", "param": None, "code": None}
    assert not list(faults({"error": fine}, schema, document))
    assert list(faults({"error": {**fine, "code": 5}}, schema, document))
    assert list(faults({"error": {}}, schema, document))
    image = {"$ref": "#/components/schemas/ImageRequest"}
    assert not list(faults({"prompt": "A cat", "n": 2}, image, document))
    assert list(faults({"prompt": "A cat", "n": 11}, image, document))
    assert list(faults({"prompt": "A cat", "size": "1x1"}, image, document))
