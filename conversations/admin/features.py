"""Features of the product, and which groups have them; the rows are the product's own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from conversations.admin.ticking import Ticking
from conversations.models import Feature


@admin.register(Feature)
class FeatureAdmin(Ticking):
    fields = ("groups", "denied")
    list_display = ("__str__",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
