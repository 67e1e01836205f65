"""Nobody gives in the administration what they have not: rights, groups that carry some, accounts that have more.

Superusers give everything. Others who may change people and groups stay below what they hold themselves.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from conversations.models import User


def exceeds(editor: Any, *, person: User | None = None, groups: Any = ()) -> bool:
    """Does this person, or do these groups, hold a right that `editor` has not? Also while suspended."""
    if editor.is_superuser:
        return False
    if person is not None and person.is_superuser:
        return True
    mine = Permission.objects.filter(Q(user=editor) | Q(group__user=editor))
    theirs = Q(group__in=groups)
    if person is not None:
        theirs |= Q(user=person) | Q(group__user=person)
    return Permission.objects.filter(theirs).exclude(pk__in=mine.values("pk")).exists()


class PersonForm(UserChangeForm):
    editor: Any = None  # whose form it is

    def clean_groups(self) -> Any:
        chosen = self.cleaned_data["groups"]
        had = self.instance.groups.values_list("pk", flat=True) if self.instance.pk else ()
        if exceeds(self.editor, groups=[each for each in chosen if each.pk not in had]):
            raise forms.ValidationError(_("One of these groups may do more than you may. Ask a superuser."))
        return chosen


class Ranked(admin.ModelAdmin):
    """People and groups; what nobody but superusers may change of them is shown."""

    only_superusers: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        more = () if request.user.is_superuser else self.only_superusers
        return (*super().get_readonly_fields(request, obj), *more)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._above(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._above(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.editor = request.user
        return form

    def _above(self, request: HttpRequest, obj: Any) -> bool:
        if isinstance(obj, Group):
            return exceeds(request.user, groups=[obj])
        return isinstance(obj, User) and exceeds(request.user, person=obj)
