"""People: Django's user form with what this product adds."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from conversations.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (_("Choices"), {"fields": ("language", "theme", "time_zone")}),
    )
