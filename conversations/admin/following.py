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

Words = Mapping[str, Any]  # "label", "help" and "placeholder", translated when they are shown


class FollowingForm(forms.ModelForm):
    """`follows`: field → control → the values of that control for which the field applies; all must fit.

    A control that follows another one comes first in it; one that does not apply counts as its first choice.
    `hints`: field → control → value → how the field is called and explained then.
    """

    follows: Mapping[str, Mapping[str, Collection[str]]] = {}
    hints: Mapping[str, Mapping[str, Mapping[str, Words]]] = {}

    class Media:
        js = (Script("js/admin/following.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, when in self.follows.items():
            values = {control: list(each) for control, each in when.items()}
            self.fields[name].widget.attrs["data-for"] = json.dumps(values)
        for name, hints in self.hints.items():
            self.fields[name].widget.attrs["data-hints"] = json.dumps(hints, cls=DjangoJSONEncoder)
        if self.is_bound:
            self._drop()

    def _drop(self) -> None:
        """Empty what was sent in fields that do not apply; a control that was not sent has its first choice."""
        data: Any = self.data
        data = data.copy()
        for name, when in self.follows.items():
            field, sent = self.fields[name], self.add_prefix(name)
            applies = all(data.get(self.add_prefix(control)) in values for control, values in when.items())
            choices = list(getattr(field, "choices", ()))
            if not applies or (choices and sent not in data):
                field.required = False
                data[sent] = choices[0][0] if choices else ""
        self.data = data
