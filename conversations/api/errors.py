"""What a program is told when something fails: one table from our errors to the official shape, and no other way out.

{"error": {"message", "type", "param", "code"[, "status", "innererror"]}}
"""

import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse

from conversations.answering.limits import BudgetExceeded
from conversations.completions import errors
from conversations.completions.errors import CompletionError, InvalidRequest, PromptFiltered
from conversations.outage import SOON, no_database
from conversations.retrieval import errors as sources

log = logging.getLogger(__name__)

INVALID, SERVER, LIMITED = "invalid_request_error", "server_error", "rate_limit_error"
QUOTA = "insufficient_quota"
UNEXPECTED = "Something went wrong here. Try again; if it happens again, tell your administrator the request's id."
AWAY = "The database does not answer now. Nothing was changed; try again in a few seconds."
FILTERED = "A content filter refused the prompt. Change it and try again."


class ApiError(Exception):
    """An answer that is an error. `wait`: seconds until another try makes sense; `limits`: the deployment's headers."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = INVALID,
        param: str | None = None,
        code: str | None = None,
        wait: float | None = None,
        inner: dict[str, Any] | None = None,
        limits: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.param = param
        self.code = code
        self.wait = wait
        self.inner = inner
        self.limits = limits or {}

    @property
    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": str(self), "type": self.type, "param": self.param, "code": self.code}
        if self.inner is not None:
            error |= {"status": self.status, "innererror": self.inner}
        return {"error": error}

    @property
    def headers(self) -> dict[str, str]:
        made = {**self.limits}
        if self.status == 401:
            made["WWW-Authenticate"] = "Bearer"
        if self.wait is not None:
            made |= {"Retry-After": str(math.ceil(self.wait)), "retry-after-ms": str(math.ceil(self.wait * 1000))}
        return made

    def response(self) -> HttpResponse:
        return JsonResponse(self.body, status=self.status, headers=self.headers)


# What a lower layer raises: status, type, code, and words in place of its own where those are for administrators.
# The nearest class counts. A refusal of *our* key upstream is no fault of the caller's.
TABLE: dict[type[CompletionError], tuple[int, str, str, str]] = {
    CompletionError: (502, SERVER, "upstream_error", ""),
    errors.Disabled: (503, SERVER, "deployment_unavailable", ""),
    errors.Unreachable: (502, SERVER, "upstream_unreachable", "The deployment cannot be reached now."),
    errors.TimedOut: (504, SERVER, "timeout", ""),
    errors.BadKey: (502, SERVER, "upstream_key", "The deployment refuses our key for it. Tell your administrator."),
    errors.NotFound: (502, SERVER, "upstream_not_found", "The deployment is gone upstream. Tell your administrator."),
    errors.RateLimited: (429, LIMITED, "rate_limit_exceeded", ""),
    errors.QuotaExceeded: (429, QUOTA, QUOTA, ""),
    errors.LimitReached: (429, LIMITED, "rate_limit_exceeded", ""),
    BudgetExceeded: (429, QUOTA, QUOTA, ""),
    errors.PromptTooLong: (400, INVALID, "context_length_exceeded", ""),
    errors.Redirected: (
        502,
        SERVER,
        "upstream_error",
        "The deployment has moved. Tell your administrator.",
    ),
    errors.UpstreamDown: (503, SERVER, "upstream_error", ""),
    sources.RetrievalError: (400, INVALID, "data_source_failed", ""),
    sources.SourceUnreachable: (502, SERVER, "data_source_unreachable", ""),
    sources.SourceForbidden: (400, INVALID, "data_source_forbidden", ""),
    sources.SourceDown: (503, SERVER, "data_source_down", ""),
    sources.SourceAnswer: (502, SERVER, "data_source_failed", ""),
}


def told(error: Exception) -> ApiError:
    """What a caller is told of any exception; what nobody expected is logged with its traceback, and not told."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, CompletionError):
        return _of_completion(error)
    if isinstance(error, Http404):
        return ApiError(404, "There is nothing at this address.", code="not_found")
    if isinstance(error, RequestDataTooBig):
        return too_large()
    log.error("A request of the API failed", exc_info=error)
    if no_database(error):
        return without_database()
    return ApiError(500, UNEXPECTED, type=SERVER)


def without_database() -> ApiError:
    return ApiError(503, AWAY, type=SERVER, code="database_unavailable", wait=SOON)


def too_large(most: int | None = None) -> ApiError:
    words = f"The request is larger than {most:,} bytes. Send less at once." if most else "The request is too large."
    return ApiError(413, words, code="request_too_large")


def unknown_deployment(name: str, *, model: bool = True) -> ApiError:
    """One that is not there, or not granted: a caller cannot tell. `model`: it was named in the body."""
    words = f"There is no deployment “{name}” that this key may ask. /v1/models lists those that it may."
    if model:
        return ApiError(404, words, param="model", code="model_not_found")
    return ApiError(404, words, code="DeploymentNotFound")


def _of_completion(error: CompletionError) -> ApiError:
    words = str(error).removeprefix(f"HTTP {error.status}: ")
    if isinstance(error, PromptFiltered):
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": error.results}
        return ApiError(400, words or FILTERED, param="prompt", code="content_filter", inner=inner)
    if isinstance(error, InvalidRequest):
        status = error.status if error.status and 400 <= error.status < 500 else 400
        return ApiError(status, words, param=error.param, code=None)
    status, kind, code, ours = next(TABLE[each] for each in type(error).__mro__ if each in TABLE)
    param = "messages" if isinstance(error, errors.PromptTooLong) else None
    if isinstance(error, sources.RetrievalError):
        param = "data_sources"
    limits = error.rate_limits
    return ApiError(status, ours or words, type=kind, param=param, code=code, wait=error.retry_after, limits=limits)
