"""Collections: who reads and who manages them, and what compares meanings. Documents are on their own screens."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from conversations.admin.ticking import Ticking
from conversations.models import Collection, Deployment


@admin.register(Collection)
class CollectionAdmin(Ticking):
    fields = ("name", "description", "language", "groups", "denied", "owners", "embedding")
    autocomplete_fields = ("owners",)
    list_display = ("name", "description", "embedding")
    search_fields = ("name", "description")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Deployments that may make vectors, and those that a collection has already."""
        if db_field.name == "embedding":
            chosen = Collection.objects.exclude(embedding=None).values("embedding")
            able = Deployment.objects.embedders().order_by().values("pk")
            kwargs["queryset"] = Deployment.objects.filter(Q(pk__in=able) | Q(pk__in=chosen))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        """Without files attached to conversations, which are their owners' alone, and without what was deleted."""
        return super().get_queryset(request).filter(conversation=None, deleted=None)
