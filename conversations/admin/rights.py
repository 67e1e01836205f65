"""What a group or a person may do in the administration: a table of its pages instead of all that Django knows.

A box stands for the page and for the tables on it: prices are changed by who may change deployments. Permissions that
have no page stay as they were, and a box that was not touched changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import ManyToManyField, Model
from django.forms.widgets import ChoiceWidget
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from conversations.site import GROUPS

ACTIONS = {"view": _("See"), "add": _("Add"), "change": _("Change"), "delete": _("Delete")}
NEVER = {  # what a page lets nobody do
    "AuditEntry": ("add", "change", "delete"),
    "Company": ("delete",),
    "Feature": ("add", "delete"),
    "Feedback": ("add", "change"),
}
WITHOUT_PAGE = {
    "conversations.view_usage": _("See usage: who asks how much, never what"),
    "conversations.manage_documents": _("May manage the documents of all collections"),
    "conversations.read_others": _("May read other people's conversations, for a reason"),
}
HELP = _("In the administration, and only for who has the staff status. Nobody needs any of it to chat.")


@dataclass
class Box:
    """One to tick: the permission it is known by, and all that it gives, that one first."""

    label: Any
    gives: list[int]
    ticked: bool = False

    @property
    def value(self) -> int:
        return self.gives[0]


class RightsTable(forms.CheckboxSelectMultiple):
    """Its value is what was given before, with what is ticked and without what no longer is."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(ChoiceWidget, self).get_context(name, value, attrs)  # lists no choices
        before = {int(each) for each in self.format_value(value)}
        rows, more = _rows(), _more()
        for box in _boxes(rows, more):
            box.ticked = box.value in before
        own = {"name": name, "actions": ACTIONS.values(), "rows": rows, "more": more, "before": sorted(before)}
        return {**context, **own}

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        return mark_safe(render_to_string("admin/rights.html", context))  # escaped by the template

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        before = {int(each) for each in data.get(f"{name}-before", "").split(",") if each.isdigit()}
        sent = {int(each) for each in data.getlist(name) if each.isdigit()}
        boxes = list(_boxes(_rows(), _more()))
        kept = {pk for box in boxes if box.value in sent for pk in box.gives}
        lost = {pk for box in boxes if box.value in before - sent for pk in box.gives} - kept
        new = {pk for box in boxes if box.value in sent - before for pk in box.gives}
        return [str(pk) for pk in sorted((before - lost) | new | sent)]


class Rights(admin.ModelAdmin):
    """Permissions are given by a RightsTable."""

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: Any = None, **kwargs: Any) -> Any:
        if db_field.remote_field.model is Permission:
            kwargs |= {"widget": RightsTable(), "help_text": HELP, "label": _("Rights")}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _rows() -> list[tuple[str, list[Box | None]]]:
    """The pages of the administration in the order of its navigation; None where a page never lets one do that."""
    named = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    known = {(app, codename): pk for app, codename, pk in named}
    pages = {model.__name__: (model, page.inlines) for model, page in admin.site._registry.items()}
    order = [name for _title, names in GROUPS for name in names if name in pages]
    rows: list[tuple[str, list[Box | None]]] = []
    for name in [*order, *(each for each in pages if each not in order)]:
        model, inlines = pages[name]
        title = capfirst(str(model._meta.verbose_name_plural))
        boxes: list[Box | None] = []
        for action, words in ACTIONS.items():
            gives = [known.get(each) for each in _codes(model, [each.model for each in inlines], action)]
            ours = [pk for pk in gives if pk is not None]
            boxes.append(None if action in NEVER.get(name, ()) or not ours else Box(f"{title}: {words}", ours))
        rows.append((title, boxes))
    return rows


def _codes(model: type[Model], parts: list[type[Model]], action: str) -> Iterator[tuple[str, str]]:
    """App and codename of what it takes to do this on the page of `model`, on which there are tables of `parts`."""
    yield model._meta.app_label, f"{action}_{model._meta.model_name}"
    within = {"view": ("view",), "add": ("add",), "change": ACTIONS, "delete": ()}[action]
    for part in parts:
        for each in within:
            yield part._meta.app_label, f"{each}_{part._meta.model_name}"


def _more() -> list[Box]:
    found = {
        f"{each.content_type.app_label}.{each.codename}": each.pk
        for each in Permission.objects.filter(
            codename__in=[name.partition(".")[2] for name in WITHOUT_PAGE]
        ).select_related("content_type")
    }
    return [Box(words, [found[name]]) for name, words in WITHOUT_PAGE.items() if name in found]


def _boxes(rows: list[tuple[str, list[Box | None]]], more: list[Box]) -> Iterator[Box]:
    for _title, boxes in rows:
        yield from (each for each in boxes if each)
    yield from more
