"""People and groups: Django's forms with what this product adds."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from conversations.models import ExternalGroup, User


@admin.register(User)
class PersonAdmin(UserAdmin):
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (_("Choices"), {"fields": ("language", "theme", "time_zone")}),
    )


class ExternalIds(admin.StackedInline):
    model = ExternalGroup
    extra = 1


admin.site.unregister(Group)


@admin.register(Group)
class PeopleGroupAdmin(GroupAdmin):
    """A group, with the id by which indexes elsewhere know it."""

    inlines = (ExternalIds,)
