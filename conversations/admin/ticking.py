"""Several of a list are chosen in one way everywhere: ticked; or typed, where there may be too many to list."""

from typing import Any

from django.contrib import admin
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, Script


class Ticking(admin.ModelAdmin):
    """Relations to many are boxes to tick, except those in `autocomplete_fields`."""

    class Media:
        js = (Script("js/admin/labelling.js", type="module"),)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name not in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", CheckboxSelectMultiple())
        return super().formfield_for_manytomany(db_field, request, **kwargs)
