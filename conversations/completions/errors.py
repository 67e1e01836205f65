"""Everything that can go wrong between us and a deployment.

CompletionError
├─ Disabled             we do not ask it: an administrator switched it off, or its key cannot be read
├─ LimitReached         we do not ask it: a limit of the company on who asks was reached
├─ Unreachable          no response at all: refused, TLS, broken before the first byte           (retry helps)
│  ├─ UnknownHost       the name has no address: not at once, but another day                     (retry helps)
│  └─ ForbiddenAddress  the address must not be reached, such as a cloud's metadata service
├─ TimedOut             no first token, or no further chunk, in time                             (retry helps)
├─ Refused              answered with an error: a status, or an error object inside a 200
│  ├─ BadKey            401, 403: the key is wrong or may not do this
│  ├─ NotFound          404: no such path, deployment or model
│  ├─ RateLimited       429: too many requests for now                                           (retry helps)
│  ├─ QuotaExceeded     429 insufficient_quota: nothing is left to spend
│  ├─ PromptTooLong     the prompt does not fit into the context window
│  ├─ PromptFiltered    the prompt was refused by a content filter
│  ├─ Redirected        3xx: we follow none, a key must not travel to another host
│  ├─ InvalidRequest    any other 4xx: a parameter it does not take
│  └─ UpstreamDown      5xx, 408: the deployment is in trouble                                   (retry helps)
├─ NotAStream           a 200 that is not this wire: HTML, text, undecodable events
└─ BrokenOff            the stream began and ended without a finish_reason                    (retry helps)
"""

from collections.abc import Mapping
from typing import Any


class CompletionError(Exception):
    """str() says what happened, for logs and administrators; never a secret, never a whole body."""

    code = "completion_error"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
        rate_limits: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after  # seconds
        self.request_id = request_id
        self.rate_limits = rate_limits or {}  # header → what it said


class Disabled(CompletionError):
    """The deployment may not be asked now: it was disabled, or its stored key cannot be read any more."""

    code = "disabled"


class LimitReached(CompletionError):
    """A person or a program may not ask now; `limit` says which limit it is, `retry_after` when it begins anew."""

    code = "limit_reached"

    def __init__(self, message: str, *, limit: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.limit = limit


class Unreachable(CompletionError):
    """Nobody answered at the address."""

    code, retryable = "unreachable", True


class UnknownHost(Unreachable):
    """No name server knows the host."""

    code = "unknown_host"


class ForbiddenAddress(Unreachable):
    """The name leads to an address that no deployment may have, or the token may not be sent to it."""

    code, retryable = "forbidden_address", False


class TimedOut(CompletionError):
    """`phase` is "first_token" or "chunk"."""

    code, retryable = "timed_out", True

    def __init__(self, message: str, *, phase: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.phase = phase


class Refused(CompletionError):
    """The deployment answered that it will not."""

    code = "refused"


class BadKey(Refused):
    """The key is missing, wrong, or not allowed to do this."""

    code = "bad_key"


class NotFound(Refused):
    """There is no such path, deployment or model at the address."""

    code = "not_found"


class RateLimited(Refused):
    """Too many requests or tokens for now; `retry_after` says how long, if upstream did."""

    code, retryable = "rate_limited", True


class QuotaExceeded(Refused):
    """The account behind the key has nothing left to spend."""

    code = "quota_exceeded"


class PromptTooLong(Refused):
    """Question and history do not fit; without a status it was counted here."""

    code = "prompt_too_long"


class PromptFiltered(Refused):
    """A content filter refused the prompt; `results` maps category to its result."""

    code = "content_filter"

    def __init__(self, message: str, *, results: dict[str, Any], **facts: Any) -> None:
        super().__init__(message, **facts)
        self.results = results


class Redirected(Refused):
    """The address answers with a redirect, which is not followed."""

    code = "redirected"


class InvalidRequest(Refused):
    """The deployment does not take this request; `param` names the parameter if upstream did."""

    code = "invalid_request"

    def __init__(self, message: str, *, param: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.param = param


class UpstreamDown(Refused):
    """The deployment failed on its side."""

    code, retryable = "upstream_down", True


class NotAStream(CompletionError):
    """What came back is not the chat-completions wire."""

    code = "not_a_stream"


class BrokenOff(CompletionError):
    """Part of an answer came, and then no end of it."""

    code, retryable = "broken_off", True
