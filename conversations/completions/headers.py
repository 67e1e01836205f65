"""What a response's headers say beside the wire: how long to wait, what to quote to support, what is left."""

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from conversations.completions.wire import Facts

LONGEST = 200  # characters of a header that are kept
REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id", "request-id")
MILLISECONDS = ("retry-after-ms", "x-ms-retry-after-ms")


def facts(headers: Mapping[str, str]) -> Facts:
    """`headers` has its names in lower case."""
    ids = (headers.get(name, "") for name in REQUEST_IDS)
    limits = {k: v[:LONGEST] for k, v in headers.items() if k.startswith("x-ratelimit-")}
    return Facts(request_id=next((each for each in ids if each), "")[:LONGEST], rate_limits=limits)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from milliseconds, seconds or a date; None if upstream said nothing or nonsense."""
    for name in MILLISECONDS:
        if (wait := _number(headers.get(name, ""))) is not None:
            return wait / 1000
    said = headers.get("retry-after", "")
    if (wait := _number(said)) is not None:
        return wait
    try:
        wait = parsedate_to_datetime(said).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return wait if wait >= 0 else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
