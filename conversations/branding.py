"""The company's words for every page (a context processor); the query is made only by pages that show them."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from conversations.models import Company


def company(request: HttpRequest) -> dict[str, Any]:
    return {"company": SimpleLazyObject(Company.current)}
