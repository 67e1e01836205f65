"""The company's words and marks for every page (a context processor); one query, made only by pages that show them."""

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from conversations.models import Company

log = logging.getLogger(__name__)


def company(request: HttpRequest) -> dict[str, Any]:
    return {"company": SimpleLazyObject(_current)}


def _current() -> Company:
    try:
        return Company.current()
    except DatabaseError:  # the page that says so is shown all the same
        log.exception("The company could not be read; the page is shown in the product's own words")
        return Company()
