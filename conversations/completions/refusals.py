"""From an error's status and body, in any of the shapes they come in, to the error that they mean.

Known shapes: {"error": {message, type, param, code, innererror}} (OpenAI, Azure; `inner_error` in some
versions), {"error": "words"}, {"message"}, {"detail": "words" or a list of {loc, msg}} (FastAPI), plain text
and HTML.
"""

import html
import re
from collections.abc import Collection, Mapping
from typing import Any

from conversations.completions.decoding import clean, loads
from conversations.completions.errors import (
    BadKey,
    InvalidRequest,
    NotFound,
    PromptFiltered,
    PromptTooLong,
    QuotaExceeded,
    RateLimited,
    Redirected,
    Refused,
    UpstreamDown,
)

LONGEST = 300  # characters of an upstream's own words that an error may repeat
DEEPEST = 5  # inner errors within inner errors that are looked at
SHORTEST_SECRET = 6  # characters; hiding anything shorter would only garble the words

BY_STATUS = {401: BadKey, 403: BadKey, 404: NotFound, 408: UpstreamDown, 429: RateLimited}
SPENT = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
TOO_LONG = {"context_length_exceeded", "string_above_max_length"}
FILTERED = {"content_filter", "responsibleaipolicyviolation", "content_policy_violation"}

# What stands in the code or type of an error object inside a 200, and the status it would have had.
STATUS_BY_WORD = (
    ("rate_limit", 429),
    ("too_many", 429),
    ("throttl", 429),
    ("invalid_api_key", 401),
    ("authentication", 401),
    ("unauthorized", 401),
    ("permission", 403),
    ("not_found", 404),
    ("deploymentnotfound", 404),
    ("invalid_request", 400),
    ("invalid_parameter", 400),
    ("badrequest", 400),
)


def decoded(content: bytes) -> Any:
    """An error's body: JSON, or else its words; a page of HTML only by its title."""
    try:
        return loads(content)
    except (ValueError, RecursionError):
        text = str(clean(content.decode(errors="replace"))).strip()
    if text.startswith("<"):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return f"an HTML page, “{html.unescape(title[1])}”" if title else "an HTML page"
    return text


def refusal(
    status: int | None,
    body: Any,
    *,
    retry_after: float | None = None,
    request_id: str | None = None,
    rate_limits: Mapping[str, str] | None = None,
    location: str = "",
    hide: Collection[str] = (),
) -> Refused:
    """The error that a status and a decoded body mean; `status` is None for an error object inside a 200.

    `hide`: strings that its text must not repeat, such as the key and what was asked.
    """
    error = body.get("error") or body if isinstance(body, dict) else body
    error = error if isinstance(error, dict) else {"message": error}
    inner = _inner(error)
    codes = {str(each).lower() for each in (error.get("type"), *(one.get("code") for one in (error, *inner))) if each}
    words = f"redirects to {location}" if location else _words(error, hide) or "no reason given"
    message = f"HTTP {status}: {words}" if status else words
    facts: dict[str, Any] = {"status": status, "retry_after": retry_after, "request_id": request_id}
    facts["rate_limits"] = rate_limits
    meant = status or _status_of(codes)
    if codes & FILTERED:
        said = (
            one.get(name) for one in (*inner, error) for name in ("content_filter_result", "content_filter_results")
        )
        results = next((each for each in said if isinstance(each, dict)), {})
        return PromptFiltered(message, results=results, **facts)
    if codes & TOO_LONG or meant == 413 or (meant == 400 and _speaks_of_length(words)):
        return PromptTooLong(message, **{**facts, "status": status or 400})
    if codes & SPENT:
        return QuotaExceeded(message, **facts)
    if meant < 400:
        return Redirected(message, **facts)
    if meant >= 500:
        return UpstreamDown(message, **facts)
    if known := BY_STATUS.get(meant):
        return known(message, **facts)
    param = error.get("param")
    return InvalidRequest(message, param=param[:100] if isinstance(param, str) else None, **facts)


def _inner(error: dict[str, Any]) -> list[dict[str, Any]]:
    """The inner errors of an error, outermost first; each may hold another one."""
    found: list[dict[str, Any]] = []
    within: Any = error.get("innererror") or error.get("inner_error")
    while isinstance(within, dict) and len(found) < DEEPEST:
        found.append(within)
        within = within.get("innererror") or within.get("inner_error")
    return found


def _status_of(codes: set[str]) -> int:
    numbers = [int(each) for each in codes if each.isdecimal() and len(each) == 3 and each >= "400"]
    if numbers:
        return numbers[0]
    return next((status for word, status in STATUS_BY_WORD if any(word in code for code in codes)), 500)


def _speaks_of_length(words: str) -> bool:
    """Compatible servers (vLLM, llama.cpp) say it in words only."""
    return re.search(r"(maximum|exceeds?\b.*) context (length|size|window)", words, re.I) is not None


def _words(error: dict[str, Any], hide: Collection[str]) -> str:
    """The upstream's message, masked."""
    said = next((error[each] for each in ("message", "detail", "title") if error.get(each)), "")
    return masked("; ".join(_line(each) for each in said) if isinstance(said, list) else _line(said), hide)


def masked(text: str, hide: Collection[str]) -> str:
    """`text` on one line, with … for what must be hidden, not longer than LONGEST."""
    for secret in sorted(hide, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "…")
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _line(said: Any) -> str:
    """One complaint. FastAPI repeats the request in `input`, so only place and words are taken."""
    if not isinstance(said, dict):
        return str(said)
    place = said.get("loc")
    place = ".".join(str(each) for each in place) + ": " if isinstance(place, list) else ""
    return f"{place}{said.get('msg') or said.get('message') or 'refused'}"
