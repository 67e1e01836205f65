"""Where a deployment is and how it wants to be asked: kinds by table, one class each.

Kinds differ in nothing else. Adding one: a row in KINDS, a class with the members of `Kind`, a file of tests
(docs/adding-a-kind.md).
"""

from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import msgspec

from conversations.completions import identity
from conversations.completions.addresses import Reach
from conversations.completions.errors import BadKey, InvalidRequest, Unreachable
from conversations.completions.identity import Identity
from conversations.completions.wire import ChatRequest

CHAT, EMBEDDINGS = "chat/completions", "embeddings"  # operations: the end of a request's path
COMPLETIONS, SPEECH, IMAGES = "completions", "audio/speech", "images/generations"
TRANSCRIPTIONS, TRANSLATIONS = "audio/transcriptions", "audio/translations"
KINDS = {
    "openai": "conversations.completions.endpoints.OpenAI",
    "azure": "conversations.completions.endpoints.Azure",
    "azure_v1": "conversations.completions.endpoints.AzureV1",
    "azure_inference": "conversations.completions.endpoints.AzureInference",
    "offline": "conversations.completions.endpoints.Offline",
}


@dataclass(frozen=True)
class Endpoint:
    kind: str
    address: str  # base URL, without query
    model: str  # the upstream's own id
    key: str = field(default="", repr=False)
    identity: Identity | None = None  # signs in at Microsoft Entra instead of with a key
    bearer: str = field(default="", repr=False)  # what that gave
    api_version: str = ""
    name: str = ""
    reasoning: bool = False  # a model that thinks first: other limits, no sampling
    reach: Reach | None = None  # how far its address may lead, if no administrator entered it

    @property
    def secrets(self) -> list[str]:
        """What an error must not repeat although an upstream might."""
        return [self.key, self.bearer, self.identity.secret if self.identity else ""]


@dataclass(frozen=True)
class Range:
    """What a numeric parameter may be, both ends included."""

    low: float
    high: float


# Parameters that chat completions take: their range, their choices, or None where there is neither.
PARAMETERS: dict[str, Range | tuple[str, ...] | None] = {
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
    "modalities": None,
    "audio": None,
    "tools": None,
    "tool_choice": None,
    "parallel_tool_calls": None,
    "functions": None,
    "function_call": None,
    "reasoning_effort": ("none", "minimal", "low", "medium", "high", "xhigh"),
    "verbosity": ("low", "medium", "high"),
    "service_tier": None,
    "store": None,
    "metadata": None,
    "prediction": None,
    "stream": None,
    "stream_options": None,
}


# What reasoning models refuse; `max_completion_tokens` takes the place of `max_tokens`.
SAMPLING = {
    "temperature",
    "top_p",
    "max_tokens",
    "presence_penalty",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
}


class Kind(Protocol):
    """How one kind is asked.

    `operations`: what it can be asked for. `sign_in`: the ways it knows, of "api_key", "entra" and
    "managed_identity". `dated`: it wants an API version.
    `transport`: dotted path of an httpx transport that stays in this process; empty: the network.
    """

    parameters: dict[str, Range | tuple[str, ...] | None]
    operations: tuple[str, ...]
    sign_in: tuple[str, ...]
    dated: bool
    transport: str

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str: ...
    def headers(self, endpoint: Endpoint) -> dict[str, str]: ...
    def body(self, request: ChatRequest, endpoint: Endpoint) -> ChatRequest: ...


class OpenAI:
    """OpenAI and whatever is compatible: the base URL is taken as it is written."""

    parameters = PARAMETERS
    operations: tuple[str, ...] = (CHAT, EMBEDDINGS, COMPLETIONS, TRANSCRIPTIONS, TRANSLATIONS, SPEECH, IMAGES)
    sign_in: tuple[str, ...] = ("api_key",)
    dated = False
    transport = ""

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str:
        return join(endpoint.address, f"/{operation}")

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        key = clean_key(endpoint)
        return {"Authorization": f"Bearer {key}"} if key else {}

    def body(self, request: ChatRequest, endpoint: Endpoint) -> ChatRequest:
        """The request with the upstream's model, within this kind's ranges, without what it does not take.

        What was chosen for one deployment may be sent to another that takes over for it.
        """
        taken = {"messages", *self.parameters}
        if endpoint.reasoning:
            taken -= SAMPLING
            limit = request.max_completion_tokens or request.max_tokens
            request = msgspec.structs.replace(request, max_completion_tokens=limit)
        else:
            taken -= {"reasoning_effort"}
        fitted: dict[str, Any] = dict.fromkeys(set(request.__struct_fields__) - taken)
        for name in taken & self.parameters.keys():
            limits, value = self.parameters[name], getattr(request, name)
            if isinstance(limits, Range) and value is not None:
                fitted[name] = min(max(value, limits.low), limits.high)
        return msgspec.structs.replace(request, **{**fitted, "model": endpoint.model})


class Azure(OpenAI):
    """Azure OpenAI with the deployment in the path and a dated API version."""

    sign_in = ("api_key", "entra", "managed_identity")
    dated = True

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str:
        path = f"/openai/deployments/{quote(endpoint.model, safe='')}/{operation}"
        return join(endpoint.address, path, {"api-version": endpoint.api_version})

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        if endpoint.identity or endpoint.bearer:
            return {"Authorization": f"Bearer {endpoint.bearer}"}
        key = clean_key(endpoint)
        return {"api-key": key} if key else {}


class AzureV1(Azure):
    """Azure OpenAI without dated versions: the deployment is the body's model."""

    dated = False

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str:
        return join(endpoint.address.strip().rstrip("/").removesuffix("/openai/v1"), f"/openai/v1/{operation}")


class AzureInference(Azure):
    """Azure AI model inference (2024-05-01-preview): many models, and fewer parameters: others are refused."""

    parameters = {
        "temperature": Range(0, 1),
        "top_p": Range(0, 1),
        "max_tokens": Range(1, 1_000_000),
        "stop": None,
        "seed": None,
        "presence_penalty": Range(-2, 2),
        "frequency_penalty": Range(-2, 2),
        "response_format": None,
        "modalities": None,
        "tools": None,
        "tool_choice": None,
        "stream": None,
    }
    operations = (CHAT, EMBEDDINGS)

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str:
        return join(endpoint.address, f"/{operation}", {"api-version": endpoint.api_version})

    def body(self, request: ChatRequest, endpoint: Endpoint) -> ChatRequest:
        """As the others; `stop` is always a list here, and there is one name for the limit of an answer.

        What this API does not know is left out, so that its header `extra-parameters` has nothing to decide.
        """
        stop = [request.stop] if isinstance(request.stop, str) else request.stop
        limit = request.max_tokens or request.max_completion_tokens
        return super().body(msgspec.structs.replace(request, stop=stop, max_tokens=limit), endpoint)


class Offline(OpenAI):
    """The built-in deployment, over an in-process transport: the address is never resolved."""

    parameters = {
        name: PARAMETERS[name]
        for name in (
            *("max_tokens", "max_completion_tokens", "stop", "n", "logprobs", "top_logprobs", "response_format"),
            *("tools", "tool_choice", "parallel_tool_calls", "stream", "stream_options"),
        )
    }
    operations = (CHAT, EMBEDDINGS)
    sign_in = ()
    transport = "conversations.completions.offline.transport.OfflineTransport"

    def url(self, endpoint: Endpoint, operation: str = CHAT) -> str:
        return f"http://offline.invalid/v1/{operation}"

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return {}


async def signed_in(endpoint: Endpoint) -> Endpoint:
    """The endpoint with a bearer, if it has an identity. Raises BadKey, Unreachable or ForbiddenAddress."""
    if endpoint.identity is None:
        return endpoint
    return replace(endpoint, bearer=await identity.bearer(endpoint.identity, endpoint.address))


def join(base: str, path: str, query: dict[str, str] | None = None) -> str:
    """`path` added to that of `base`, with or without its slash; a query of `base` (a gateway's) is kept.

    Raises Unreachable if `base` is no URL.
    """
    try:
        scheme, host, before, present, _fragment = urlsplit(base.strip())
    except ValueError as error:
        raise Unreachable(f"The address is no URL: {error}") from error
    queries = "&".join(each for each in (present, urlencode(query or {})) if each)
    return urlunsplit((scheme, host, before.rstrip("/") + path, queries, ""))


def clean_key(endpoint: Endpoint) -> str:
    """The key without the blanks of a careless paste; raises BadKey if no header can carry it."""
    key = endpoint.key.strip()
    if key and not (key.isascii() and key.isprintable()):
        raise BadKey("The key has characters that no HTTP header can carry. Enter it again.")
    return key


@cache
def kind(name: str) -> Kind:
    """The class that KINDS names, made once; raises InvalidRequest if it names none."""
    if name not in KINDS:
        raise InvalidRequest(f"There is no kind of deployment called “{name}”.")
    module, _, attribute = KINDS[name].rpartition(".")
    made: Kind = getattr(import_module(module), attribute)()
    return made
