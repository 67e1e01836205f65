"""People and groups: Django's forms with what this product adds."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from conversations.admin.powers import PersonForm, Ranked
from conversations.admin.rights import Rights
from conversations.admin.ticking import Ticking
from conversations.models import NOBODY, ExternalGroup, Retention, User
from conversations.models.group import needed


class SignInForm(forms.ModelForm):
    class Meta:
        model = SocialAccount
        fields = ("provider", "uid")
        labels = {"provider": _("Issuer"), "uid": _("Subject")}


class SignIns(admin.TabularInline):
    """As whom this person is known to the company's identity provider."""

    model = SocialAccount
    form = SignInForm
    extra = 0
    verbose_name = _("way to sign in")
    verbose_name_plural = _("ways to sign in")


class SecondFactors(admin.TabularInline):
    """What a person has besides the password: whoever lost it is helped by removing it here."""

    model = Authenticator
    fields = readonly_fields = ("type", "created_at", "last_used_at")
    extra = 0
    verbose_name = _("second factor")
    verbose_name_plural = _("second factors")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(Ranked, Rights, Ticking, UserAdmin):
    form = PersonForm
    only_superusers = ("is_superuser", "user_permissions")
    filter_horizontal = ()
    inlines = (SignIns, SecondFactors)
    change_form_template = "admin/person.html"
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (_("Choices"), {"fields": ("language", "theme", "time_zone", "service")}),
    )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Who is only being made has neither yet."""
        return self.inlines if obj else ()

    def audit_verb(self, act: str, changes: dict[str, Any]) -> str:
        if act == "change" and "is_active" in changes:
            return "user.restore" if changes["is_active"][1] else "user.suspend"
        return "password.set" if act == "change" and changes.keys() == {"password"} else f"user.{act}"

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():  # the password, and its entry in the audit
            return super().user_change_password(request, *args, **kwargs)


class ExternalIds(admin.StackedInline):
    model = ExternalGroup
    extra = 1


class KeepingForm(forms.ModelForm):
    class Meta:
        model = Retention
        fields = ("days",)
        help_texts = {
            "days": _(
                "After so many days without a question or answer they disappear, and are deleted for good a week "
                "later. Empty: never."
            )
        }


class Keeping(admin.StackedInline):
    model = Retention
    form = KeepingForm
    extra = 0


admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class AddressAdmin(EmailAddressAdmin):
    """Verified on its page, by who may change it: the list's action asks no such right, and leaves no trace."""

    actions = ()


admin.site.unregister(Group)


@admin.register(Group)
class PeopleGroupAdmin(Ranked, Rights, Ticking, GroupAdmin):
    """A group, with the id by which indexes elsewhere know it, and how long its people's conversations are kept."""

    only_superusers = ("permissions",)
    inlines = (ExternalIds, Keeping)
    filter_horizontal = ()

    delete_confirmation_template = "admin/group_delete.html"
    delete_selected_confirmation_template = "admin/groups_delete.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody stays what it is: under another name it would be a group that people are put into."""
        return super().has_change_permission(request, obj) and not (obj and obj.name == NOBODY)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What deleting one would open stands among what protects it."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, forbidden, [*protected, *(words for each in objs for words in needed(each))]
