"""Collections: who reads and who manages them, and what compares meanings. Documents are on their own screens."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from conversations.models import Collection


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):
    fields = ("name", "description", "language", "groups", "owners", "embedding")
    filter_horizontal = ("groups", "owners")
    list_display = ("name", "description", "embedding")
    search_fields = ("name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        """Without files attached to conversations, which are their owners' alone, and without what was deleted."""
        return super().get_queryset(request).filter(conversation=None, deleted=None)
