"""What people think of answers, without what was asked: conversations are their owners'."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    list_display = ("given", "good", "reason", "comment", "deployment")
    list_filter = ("good", "reason", "given")
    fields = readonly_fields = ("given", "good", "reason", "comment", "deployment")

    @admin.display(description=_("deployment"))
    def deployment(self, feedback: Feedback) -> str:
        last = feedback.message.attempts.order_by("-number").first()
        return last.deployment.title if last and last.deployment else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
