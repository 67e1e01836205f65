"""From the body of a chat completion to a request: every parameter with its type and range, and what is wrong said.

What the chosen deployment does not take is fitted or left out later (completions/endpoints.py): a program must not fail
because the company has chosen another model.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

import msgspec

from conversations.api.errors import ApiError
from conversations.completions.endpoints import PARAMETERS, Range
from conversations.completions.wire import ChatRequest, Message

T = TypeVar("T")

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
PARTS: dict[str, type] = {"text": str, "image_url": dict, "input_audio": dict, "file": dict, "refusal": str}
DETAILS = ("auto", "low", "high")
FORMATS = ("text", "json_object", "json_schema")
MODALITIES = ("text", "audio")
CHOICES = ("none", "auto", "required")
CALLS = ("none", "auto")  # of functions, which were before tools
SEEDS = range(-(2**63), 2**63)
KINDS: dict[type, str] = {str: "a text", dict: "an object", bool: "true or false"}
STOPS, TOOLS, PAIRS = 4, 128, 16
BIAS = 100.0
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
HINTS = {"prompt_cache_key", "prompt_cache_retention", "safety_identifier"}  # they change no answer
MISSING = re.compile(r"missing required field `([^`]+)`")
PLACE = re.compile(r" - at `\$\.?(.*)`$")


def read(data: dict[str, Any]) -> ChatRequest:
    """The request in `data`, without its `data_sources`; raises ApiError (400) that names the parameter."""
    given = {name: value for name, value in data.items() if value is not None and name != "data_sources"}
    unknown = given.keys() - set(ChatRequest.__struct_fields__) - HINTS
    if unknown:
        wrong(min(unknown), "is not a parameter of chat completions.", code="unknown_parameter")
    if "messages" not in given:
        wrong("messages", "is missing.", code="missing_required_parameter")
    request = convert(given, ChatRequest)
    _ranges(request)
    _messages(request.messages)
    _shapes(request)
    _tools(request)
    return request


def convert(data: Any, kind: type[T], *, strict: bool = True) -> T:
    """`data` as `kind`; raises ApiError (400) that names the member of the wrong type. Not `strict`: a form's texts."""
    try:
        return msgspec.convert(data, kind, strict=strict)
    except msgspec.ValidationError as error:
        words = str(error)
        place = PLACE.search(words)
        if place is None and (missing := MISSING.search(words)):
            wrong(missing[1], "is missing.", code="missing_required_parameter")
        said = PLACE.sub("", words).replace("`", "")
        wrong(place[1] if place else "", f"is not right: {said[:1].lower()}{said[1:]}.", code="invalid_type")


def wrong(param: str, words: str, *, code: str = "invalid_value") -> NoReturn:
    raise ApiError(400, f"“{param}” {words}" if param else words, param=param or None, code=code)


def intent(data: dict[str, Any]) -> str:
    """The `context.intent` that a client sent back with the last answer; empty if there is none."""
    for message in reversed(data["messages"]):
        if message["role"] == "assistant":
            context = message.get("context")
            said = context.get("intent") if isinstance(context, dict) else None
            return said if isinstance(said, str) else ""
    return ""


def _ranges(request: ChatRequest) -> None:
    for name, limits in PARAMETERS.items():
        value = getattr(request, name)
        if value is None:
            continue
        if isinstance(limits, Range) and not limits.low <= value <= limits.high:
            wrong(name, f"must be from {limits.low:,} to {limits.high:,}.")
        if isinstance(limits, tuple) and value not in limits:
            wrong(name, f"must be one of {', '.join(limits)}.")


def _messages(messages: list[Message]) -> None:
    if not messages:
        wrong("messages", "must have at least one message.")
    for at, message in enumerate(messages):
        place = f"messages[{at}]"
        if message.role not in ROLES:
            wrong(f"{place}.role", f"must be one of {', '.join(ROLES)}.")
        speechless = message.role == "assistant" and (
            message.tool_calls or message.function_call or message.audio or message.refusal
        )
        if message.content is None and not speechless and message.role != "function":
            wrong(f"{place}.content", "is missing.", code="missing_required_parameter")
        if message.role == "tool" and not message.tool_call_id:
            wrong(f"{place}.tool_call_id", "is missing.", code="missing_required_parameter")
        if isinstance(message.content, list):
            _parts(message.content, f"{place}.content")


def _parts(parts: list[dict[str, Any]], place: str) -> None:
    if not parts:
        wrong(place, "must have at least one part.")
    for number, part in enumerate(parts):
        at, kind = f"{place}[{number}]", part.get("type")
        if not isinstance(kind, str) or kind not in PARTS:
            wrong(f"{at}.type", f"must be one of {', '.join(PARTS)}.")
        _member(part, kind, PARTS[kind], at, needed=True)
        if kind == "image_url":
            image = part["image_url"]
            _member(image, "url", str, f"{at}.image_url", needed=True)
            if image.get("detail") not in (None, *DETAILS):
                wrong(f"{at}.image_url.detail", f"must be one of {', '.join(DETAILS)}.")


def _member(holder: dict[str, Any], name: str, kind: type, place: str, *, needed: bool = False) -> None:
    """A member that types do not tell of, since what it stands in goes on as it is."""
    value = holder.get(name)
    if value is None and needed:
        wrong(f"{place}.{name}", "is missing.", code="missing_required_parameter")
    if value is not None and not isinstance(value, kind):
        wrong(f"{place}.{name}", f"must be {KINDS[kind]}.", code="invalid_type")


def _shapes(request: ChatRequest) -> None:
    if isinstance(request.stop, list) and len(request.stop) > STOPS:
        wrong("stop", f"may have up to {STOPS} sequences.")
    for token, bias in (request.logit_bias or {}).items():
        if not -BIAS <= bias <= BIAS:
            wrong(f"logit_bias.{token}", f"must be from {-BIAS:g} to {BIAS:g}.")
    if request.top_logprobs is not None and not request.logprobs:
        wrong("top_logprobs", "needs “logprobs” to be true.")
    if request.seed is not None and request.seed not in SEEDS:
        wrong("seed", "must be a whole number of 64 bits.")
    if request.stream_options is not None:
        if not request.stream:
            wrong("stream_options", "is for “stream”: true.")
        _member(request.stream_options, "include_usage", bool, "stream_options")
    if len(request.metadata or {}) > PAIRS:
        wrong("metadata", f"may have up to {PAIRS} pairs.")
    for name in request.metadata or ():
        _member(request.metadata or {}, name, str, "metadata")
    if any(each not in MODALITIES for each in request.modalities or ()):
        wrong("modalities", f"may be {' and '.join(MODALITIES)}.")
    if request.response_format is not None:
        _form(request.response_format)


def _form(form: dict[str, Any]) -> None:
    if form.get("type") not in FORMATS:
        wrong("response_format.type", f"must be one of {', '.join(FORMATS)}.")
    if form["type"] != "json_schema":
        return
    given = form.get("json_schema")
    if not (isinstance(given, dict) and _named(given)):
        wrong("response_format.json_schema.name", "must be 1 to 64 letters, digits, “_” or “-”.")
    _member(given, "schema", dict, "response_format.json_schema")
    _member(given, "strict", bool, "response_format.json_schema")


def _tools(request: ChatRequest) -> None:
    for name, functions in (("tools", list(_functions(request))), ("functions", request.functions or [])):
        if getattr(request, name) is None:
            continue
        if not 1 <= len(functions) <= TOOLS:
            wrong(name, f"must have from 1 to {TOOLS} functions.")
        for at, function in enumerate(functions):
            place = f"{name}[{at}].function" if name == "tools" else f"{name}[{at}]"
            if not _named(function):
                wrong(f"{place}.name", "must be 1 to 64 letters, digits, “_” or “-”.")
            _member(function, "parameters", dict, place)
            _member(function, "description", str, place)
            _member(function, "strict", bool, place)
    choice = request.tool_choice
    if isinstance(choice, str) and choice not in CHOICES:
        wrong("tool_choice", f"must be one of {', '.join(CHOICES)}, or an object that names a function.")
    if choice not in (None, "none") and not request.tools:
        wrong("tool_choice", "needs “tools”.")
    if isinstance(choice, dict):
        meant = choice.get("function")
        called = meant.get("name") if isinstance(meant, dict) else None
        if choice.get("type") == "function" and called not in [each["name"] for each in _functions(request)]:
            wrong("tool_choice", "names a function that is not among “tools”.")
    call = request.function_call
    if isinstance(call, str) and call not in CALLS:
        wrong("function_call", f"must be one of {', '.join(CALLS)}, or an object that names a function.")
    if call not in (None, "none") and not request.functions:
        wrong("function_call", "needs “functions”.")
    if isinstance(call, dict) and call.get("name") not in [each["name"] for each in request.functions or ()]:
        wrong("function_call", "names a function that is not among “functions”.")


def _functions(request: ChatRequest) -> Iterator[dict[str, Any]]:
    for at, tool in enumerate(request.tools or ()):
        function = tool.get("function")
        if tool.get("type") != "function" or not isinstance(function, dict):
            wrong(f"tools[{at}]", "must be an object with “type”: “function” and “function”.")
        yield function


def _named(holder: dict[str, Any]) -> bool:
    name = holder.get("name")
    return isinstance(name, str) and NAME.fullmatch(name) is not None
