"""Forms whose fields follow what is chosen in others: what does not apply is hidden, not validated and not kept.

The rule is written once, on the form; static/js/admin/following.js hides the rows. Without script every field is
shown with its help text, and what does not apply is dropped all the same.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import Script
from django.utils.html import format_html
from django.utils.translation import gettext as _

Words = Mapping[str, Any]  # "label", "help" and "placeholder", translated when they are shown


class FollowingForm(forms.ModelForm):
    """`follows`: field → control → the values of that control for which the field applies; all must fit.

    A control that follows another one comes first in it; one that does not apply counts as its first choice.
    `options`: field → control → value → those of the field's choices that there are then.
    `hints`: field → control → value → how the field is called and explained then.
    """

    follows: Mapping[str, Mapping[str, Collection[str]]] = {}
    options: Mapping[str, Mapping[str, Mapping[str, Collection[str]]]] = {}
    hints: Mapping[str, Mapping[str, Mapping[str, Words]]] = {}

    class Media:
        js = (Script("js/admin/following.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, when in self.follows.items():
            values = {control: list(each) for control, each in when.items()}
            self.fields[name].widget.attrs["data-for"] = json.dumps(values)
        for name, options in self.options.items():
            self.fields[name].widget.attrs["data-options"] = json.dumps(options)
        for name, hints in self.hints.items():
            self.fields[name].widget.attrs["data-hints"] = json.dumps(hints, cls=DjangoJSONEncoder)
        if self.is_bound:
            self._drop()

    def ask_again(self) -> None:
        """The form comes back: say beside each secret that was typed that it is gone, since none is ever echoed."""
        for name, field in self.fields.items():
            typed = isinstance(field.widget, forms.PasswordInput) and self.data.get(self.add_prefix(name))
            if typed and name not in self.errors:
                words = _("Enter it again: what was typed is not shown, and not kept.")
                self[name].help_text = format_html('<strong class="warned">{}</strong>', words)

    def _drop(self) -> None:
        """Empty what was sent in fields that do not apply; a choice that was not sent or is none is the first one."""
        data: Any = self.data
        self.data = data = data.copy()
        for name, sent in {each: self.add_prefix(each) for each in (*self.follows, *self.options)}.items():
            field = self.fields[name]
            given = {control: data.get(self.add_prefix(control)) for control in self.follows.get(name, {})}
            applies = all(given[control] in values for control, values in self.follows.get(name, {}).items())
            if isinstance(field, forms.MultipleChoiceField):
                if not applies:
                    data.pop(sent, None)
                continue
            choices = self._choices(name)
            if not applies or (choices and (sent not in data or (name in self.options and data[sent] not in choices))):
                field.required = False
                data[sent] = choices[0] if choices else ""

    def _choices(self, name: str) -> list[str]:
        """Those that a field has by what was sent before it."""
        found = [str(value) for value, _ in getattr(self.fields[name], "choices", ())]
        for control, options in self.options.get(name, {}).items():
            found = [each for each in found if each in options.get(str(self.data.get(self.add_prefix(control))), found)]
        return found
