"""Data sources from and to the wire's JSON: everything that comes in is a draft, nothing that goes out has a secret."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.completions import pointers
from conversations.completions.data_sources import TYPES
from conversations.models import DataSource

LARGEST = 1_000_000  # bytes
MOST = 50  # entries
NAMED = ("index_name", "collection_name", "container_name", "database_name")  # a source is called after the first
LONGEST_NAME = 70  # leaves room for a number
_REQUEST = re.compile(r"\A\s*(?:POST|PUT|PATCH)\s[^\n]*\n")


class ImportForm(forms.Form):
    """What was pasted is never shown again: it may hold keys."""

    pasted = forms.CharField(
        label=gettext_lazy("JSON"),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField code", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A whole request body of chat completions, its list “data_sources”, or one entry of that list."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.txt,.http,application/json"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if upload := data.get("file"):
            if upload.size > LARGEST:
                raise ValidationError(_("The file is too large: a megabyte at most."))
            text = upload.read().decode("utf-8-sig", errors="replace")
        else:
            text = data.get("pasted") or ""
        if not self.errors:
            data["entries"] = entries(text)
        return data


class MappingForm(forms.Form):
    """One select for each embedding deployment that sources name and that is not ours."""

    def __init__(self, names: dict[str, list[DataSource]], ours: list[str], *args: Any) -> None:
        super().__init__(*args)
        for at, (name, sources) in enumerate(names.items()):
            self.fields[f"name{at}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", gettext_lazy("Leave it for now")), *((each, each) for each in ours)],
                help_text=_("Used by %(names)s.") % {"names": ", ".join(str(each) for each in sources)},
            )
        self.names = names

    def chosen(self) -> dict[str, str]:
        """Name → one of ours, for those that were chosen."""
        given = {name: self.cleaned_data[f"name{at}"] for at, name in enumerate(self.names)}
        return {name: ours for name, ours in given.items() if ours}


@dataclass
class Drafts:
    """`warnings`: what was left out, in words with the draft's name."""

    sources: list[DataSource] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def entries(text: str) -> list[dict[str, Any]]:
    """The entries of a request's body, of a list, or the one entry. Raises ValidationError, which repeats nothing."""
    try:
        given = json.loads(_REQUEST.sub("", text))
    except (ValueError, RecursionError) as error:
        place = {"line": getattr(error, "lineno", 1), "column": getattr(error, "colno", 1)}
        raise ValidationError(_("This is no JSON: look at line %(line)s, column %(column)s.") % place) from error
    if isinstance(given, dict) and "type" not in given:
        given = given.get("data_sources")
    found = given if isinstance(given, list) else [given]
    if not found or not all(isinstance(each, dict) and isinstance(each.get("parameters", {}), dict) for each in found):
        raise ValidationError(
            _("There are no data sources in it: entries with “type” and “parameters” are looked for.")
        )
    if len(found) > MOST:
        raise ValidationError(_("These are too many data sources: %(most)s at most.") % {"most": MOST})
    return found


@transaction.atomic
def drafts(given: list[dict[str, Any]]) -> Drafts:
    """A disabled source for every entry, or none at all: raises ValidationError that says what is wrong in which."""
    made, wrong = Drafts(), []
    for at, entry in enumerate(given, 1):
        source = DataSource(enabled=False)
        try:
            warnings = source.configure(str(entry.get("type") or ""), entry.get("parameters") or {}, draft=True)
        except ValidationError as error:
            wrong.append(_("Entry %(number)s: %(words)s") % {"number": at, "words": error.messages[0]})
            continue
        source.name = _free(_name(source))
        source.save()
        made.sources.append(source)
        outside = [f"{name} is not known and left out" for name in entry if name not in {"type", "parameters"}]
        made.warnings += [f"“{source.name}”: {each}" for each in [*outside, *warnings]]
    if wrong:
        raise ValidationError(wrong)
    return made


def strangers(sources: Any, ours: list[str]) -> dict[str, list[DataSource]]:
    """The embedding deployments that these sources name and that are not ours, with who names them."""
    found: dict[str, list[DataSource]] = {}
    for each in sources:
        wanted = each.parameters.get("embedding_dependency") or {}
        if wanted.get("type") == "deployment_name" and (name := wanted.get("deployment_name")) not in ours:
            found.setdefault(str(name), []).append(each)
    return found


def map_names(sources: Any, chosen: dict[str, str]) -> list[DataSource]:
    """Put ours where these sources name others; returns those that changed, not yet saved."""
    changed = []
    for each in sources:
        wanted = each.parameters.get("embedding_dependency") or {}
        if wanted.get("type") == "deployment_name" and wanted.get("deployment_name") in chosen:
            wanted["deployment_name"] = chosen[wanted["deployment_name"]]
            each.untested()
            changed.append(each)
    return changed


def exported(sources: Any) -> dict[str, Any]:
    """As a request's body would have them, with null for every secret."""
    entries = [{"type": each.type, "parameters": pointers.blank(pointers.part(each.parameters)[0])} for each in sources]
    return {"data_sources": entries}


def _name(source: DataSource) -> str:
    given = source.parameters
    named = next((given[name] for name in NAMED if given.get(name)), "") or next(iter(given.get("collections", ())), "")
    plain = "".join(each for each in str(named) if each.isprintable()).strip()
    return plain[:LONGEST_NAME] or (source.type if source.type in TYPES else _("Data source"))


def _free(name: str) -> str:
    free, number = name, 2
    while DataSource.objects.filter(name=free).exists():
        free, number = f"{name} ({number})", number + 1
    return free
