"""Where a deployment is and how it wants to be asked: kinds by table, one class each, differing in nothing else.

Adding a kind: a row in KINDS, a class with the four members of `Kind`, a file of tests (docs/adding-a-kind.md).
"""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import msgspec

from conversations.completions.wire import ChatRequest

KINDS = {
    "openai": "conversations.completions.endpoints.OpenAI",
    "azure": "conversations.completions.endpoints.Azure",
    "offline": "conversations.completions.endpoints.Offline",
}


@dataclass(frozen=True)
class Endpoint:
    kind: str
    address: str  # base URL, without query
    model: str  # the upstream's own id
    key: str = field(default="", repr=False)
    api_version: str = ""
    name: str = ""


@dataclass(frozen=True)
class Range:
    """What a numeric parameter may be."""

    low: float
    high: float


# Parameters that chat completions take, with their ranges where they have one.
PARAMETERS: dict[str, Range | None] = {
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "max_tokens": Range(1, 1_000_000),
    "max_completion_tokens": Range(1, 1_000_000),
    "stop": None,
    "seed": None,
    "presence_penalty": Range(-2, 2),
    "frequency_penalty": Range(-2, 2),
    "logit_bias": None,
    "logprobs": None,
    "top_logprobs": Range(0, 20),
    "n": Range(1, 128),
    "user": None,
    "response_format": None,
    "tools": None,
    "tool_choice": None,
    "parallel_tool_calls": None,
    "reasoning_effort": None,
    "stream": None,
    "stream_options": None,
}


class Kind(Protocol):
    parameters: dict[str, Range | None]

    def url(self, endpoint: Endpoint) -> str: ...
    def headers(self, endpoint: Endpoint) -> dict[str, str]: ...
    def body(self, request: ChatRequest, endpoint: Endpoint) -> ChatRequest: ...


class OpenAI:
    """OpenAI and whatever is compatible: the base URL is taken as it is written."""

    parameters = PARAMETERS

    def url(self, endpoint: Endpoint) -> str:
        return f"{endpoint.address.rstrip('/')}/chat/completions"

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}

    def body(self, request: ChatRequest, endpoint: Endpoint) -> ChatRequest:
        """The request with the upstream's model and without what this kind does not take."""
        dropped: dict[str, Any] = {
            name: None
            for name in request.__struct_fields__
            if name not in {*self.parameters, "messages", "model"}
        }
        return msgspec.structs.replace(request, model=endpoint.model, **dropped)


class Azure(OpenAI):
    """Azure OpenAI with the deployment in the path and a dated API version."""

    def url(self, endpoint: Endpoint) -> str:
        path = f"/openai/deployments/{endpoint.model}/chat/completions"
        return f"{endpoint.address.rstrip('/')}{path}?api-version={endpoint.api_version}"

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return {"api-key": endpoint.key} if endpoint.key else {}


class Offline(OpenAI):
    """The built-in deployment, over an in-process transport: the address is never resolved."""

    def url(self, endpoint: Endpoint) -> str:
        return "http://offline.invalid/v1/chat/completions"


@cache
def kind(name: str) -> Kind:
    """The class that KINDS names, made once."""
    module, _, attribute = KINDS[name].rpartition(".")
    made: Kind = getattr(import_module(module), attribute)()
    return made
