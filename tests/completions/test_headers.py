"""What the headers of a response say."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from conversations.completions.headers import facts, retry_after
from conversations.completions.wire import Facts


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "1", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "7", "x-ms-retry-after-ms": "soon"}, 7.0),
        ({"x-ms-retry-after-ms": "500"}, 0.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({}, None),
    ],
)
def test_waiting_is_in_seconds_or_unknown(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_waiting_until_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    wait = retry_after({"retry-after": date})
    assert wait is not None
    assert 3000 < wait <= 3600


@pytest.mark.parametrize("name", ["x-request-id", "apim-request-id", "x-ms-request-id"])
def test_request_id_by_any_of_its_names(name: str) -> None:
    assert facts({name: "r1", "server": "x"}) == Facts(request_id="r1")


def test_what_is_left_of_the_limits_is_kept() -> None:
    said = {"x-ratelimit-remaining-requests": "9", "x-ratelimit-remaining-tokens": "100"}
    assert facts({**said, "date": "today"}).rate_limits == said


def test_headers_of_any_length_are_cut() -> None:
    assert len(facts({"x-request-id": "r" * 5000}).request_id) == 200
