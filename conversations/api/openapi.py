"""The OpenAPI document of the served API, made from the types that read requests and write answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from conversations.api import shapes
from conversations.completions import data_sources, media
from conversations.completions.endpoints import PARAMETERS, Range
from conversations.completions.wire import ChatRequest, Chunk

REFERENCE = "#/components/schemas/{name}"
WIRE = "2024-10-21"  # the version of the reference that the paths are those of
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "api-key": {"type": "apiKey", "in": "header", "name": "api-key"},
}
JSON, FORM, EVENTS = "application/json", "multipart/form-data", "text/event-stream"


@dataclass(frozen=True)
class Operation:
    """`answers`: media type → its type, or None for text and bytes."""

    path: str
    summary: str
    asked: type
    answers: dict[str, type | None]
    form: bool = False


OPERATIONS = [
    Operation("chat/completions", "Answer a chat", ChatRequest, {JSON: shapes.ChatCompletion, EVENTS: Chunk}),
    Operation("embeddings", "Turn texts into vectors", shapes.EmbeddingRequest, {JSON: shapes.EmbeddingList}),
    Operation(
        "completions",
        "Complete a text",
        media.CompletionRequest,
        {JSON: shapes.Completion, EVENTS: shapes.Completion},
    ),
    Operation(
        "audio/transcriptions",
        "Write down what is said",
        media.TranscriptionRequest,
        {JSON: shapes.Transcript, "text/plain": None, EVENTS: None},
        form=True,
    ),
    Operation(
        "audio/translations",
        "Write down in English what is said",
        media.TranslationRequest,
        {JSON: shapes.Transcript, "text/plain": None},
        form=True,
    ),
    Operation("audio/speech", "Say a text", media.SpeechRequest, {"application/octet-stream": None, "audio/*": None}),
    Operation("images/generations", "Paint images", media.ImageRequest, {JSON: shapes.ImageList}),
]
FAILURES = {
    400: "The request does not fit, or the deployment refuses it",
    401: "The key is missing or not known",
    403: "The key may not be used for this",
    404: "There is no such deployment for this key",
    413: "The request is too large",
    415: "The body of the request is packed",
    429: "Too many requests or tokens for now",
    500: "Something went wrong here",
    502: "The deployment cannot be reached or refuses us",
    503: "The deployment is in trouble",
    504: "The deployment took too long",
}


@require_safe
def document(request: HttpRequest) -> JsonResponse:
    """For everybody: it says nothing of this company but its address."""
    server = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return JsonResponse({**described(), "servers": [{"url": server}]})


@cache
def described() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "chatapp", "version": WIRE},
        "security": [{name: []} for name in SECURITY],
        "paths": {**_deployments(), **_models(), **_inference()},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": SECURITY,
            "responses": {
                "Error": _failure(shapes.ErrorResponse),
                "InferenceError": _failure(shapes.InferenceErrorResponse),
            },
        },
    }


def _deployments() -> dict[str, Any]:
    named = _parameter("deployment", "path", "The deployment's name")
    version = _parameter("api-version", "query", "Taken as it comes: one wire is served", required=False)
    paths = {}
    for each in OPERATIONS:
        name = each.path.replace("/", "_")
        azure = f"/openai/deployments/{{deployment}}/{each.path}"
        paths[azure] = {"post": _post(each, f"azure_{name}", [named, version])}
        paths[f"/openai/v1/{each.path}"] = {"post": _post(each, f"azure_v1_{name}", [])}
        paths[f"/v1/{each.path}"] = {"post": _post(each, name, [])}
    return paths


def _models() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base, prefix in (("/openai", "azure"), ("/openai/v1", "azure_v1"), ("/v1", "openai")):
        every = _answers({JSON: shapes.ModelList})
        found[f"{base}/models"] = {
            "get": {"operationId": f"{prefix}_models", "summary": "List the deployments", "responses": every}
        }
        found[f"{base}/models/{{name}}"] = {
            "get": {
                "operationId": f"{prefix}_model",
                "summary": "One deployment",
                "parameters": [_parameter("name", "path", "The deployment's name")],
                "responses": _answers({JSON: shapes.Model}),
            }
        }
    return found


def _inference() -> dict[str, Any]:
    extra = _parameter("extra-parameters", "header", "What becomes of parameters that are not listed", required=False)
    extra["schema"] = {"enum": ["error", "drop", "pass-through"], "default": "error"}
    operation = {
        "operationId": "inference_chat_completions",
        "summary": "Answer a chat, as Azure AI model inference does",
        "parameters": [_parameter("api-version", "query", "Such as 2024-05-01-preview"), extra],
        "requestBody": _body(JSON, ChatRequest),
        "responses": _answers({JSON: shapes.ChatCompletion, EVENTS: Chunk}, "InferenceError"),
    }
    return {"/chat/completions": {"post": operation}}


def _post(operation: Operation, name: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": operation.summary,
        "parameters": parameters,
        "requestBody": _body(FORM if operation.form else JSON, operation.asked),
        "responses": _answers(operation.answers),
    }


def _body(kind: str, asked: type) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": _reference(asked)}}}


def _answers(answers: dict[str, type | None], failure: str = "Error") -> dict[str, Any]:
    content = {kind: {"schema": _reference(each) if each else {}} for kind, each in answers.items()}
    failures = {
        str(status): {"$ref": f"#/components/responses/{failure}", "description": words}
        for status, words in FAILURES.items()
    }
    return {"200": {"description": "As asked", "content": content}, **failures}


def _failure(shape: type) -> dict[str, Any]:
    return {"description": "What went wrong", "content": {JSON: {"schema": _reference(shape)}}}


def _parameter(name: str, place: str, words: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": words, "schema": {"type": "string"}}


def _reference(shape: type) -> dict[str, Any]:
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(list(_types()), ref_template=REFERENCE)
    chat = found["ChatRequest"]["properties"]
    for name, limits in PARAMETERS.items():
        if isinstance(limits, Range):
            chat[name] |= {"minimum": limits.low, "maximum": limits.high}
        elif limits:
            chat[name] = {"enum": [*limits, None]}
    sources = [_source(name, row.parameters) for name, row in data_sources.TYPES.items()]
    chat["data_sources"] = {"type": "array", "items": {"oneOf": [*sources, NAMED]}}
    for each in (media.TranscriptionRequest, media.TranslationRequest):
        form = found[each.__name__]
        form["properties"]["file"] = {"type": "string", "contentMediaType": "application/octet-stream"}
        form["required"] = [*form["required"], "file"]
    return found


NAMED = {
    "type": "object",
    "description": "A source that is set up here, by its name",
    "properties": {
        "type": {"const": "named"},
        "parameters": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    "required": ["type", "parameters"],
}


def _source(name: str, parameters: type) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": name}, "parameters": _reference(parameters)},
        "required": ["type", "parameters"],
    }


def _types() -> Iterator[type]:
    yield from (each.asked for each in OPERATIONS)
    yield from (answer for each in OPERATIONS for answer in each.answers.values() if answer)
    yield from (shapes.ModelList, shapes.ErrorResponse, shapes.InferenceErrorResponse)
    yield from (row.parameters for row in data_sources.TYPES.values())
