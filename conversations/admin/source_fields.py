"""The fields of a data source's form: each is named by its path in the wire's `parameters`, joined by two underscores.

Which of them a type has, and which choices, is what `completions.data_sources` says of it, so nothing is said twice.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.admin.deployment_form import secret
from conversations.completions import data_sources
from conversations.completions.data_sources import AUTHENTICATION, EMBEDDING, TYPES

SIGN_IN = {
    "api_key": _("API key"),
    "key_and_key_id": _("Key and key id"),
    "encoded_api_key": _("Encoded API key"),
    "access_token": _("Access token"),
    "connection_string": _("Connection string"),
    "username_and_password": _("User name and password"),
    "system_assigned_managed_identity": _("Managed identity of this machine"),
    "user_assigned_managed_identity": _("Managed identity that was assigned"),
}
QUERIES = {
    "": _("As is usual for its type"),
    "simple": _("Words"),
    "semantic": _("Words, ranked by meaning"),
    "vector": _("Vectors"),
    "vector_simple_hybrid": _("Words and vectors"),
    "vector_semantic_hybrid": _("Words and vectors, ranked by meaning"),
}
EMBEDDINGS = {
    "": _("Nothing"),
    "deployment_name": _("One of our deployments"),
    "endpoint": _("An endpoint with a key of its own"),
    "integrated": _("The index itself"),
    "model_id": _("A model inside the store"),
}


class Listed(forms.CharField):
    """Names, parted by commas or lines."""

    def to_python(self, value: Any) -> Any:
        return [each.strip() for each in str(value or "").replace("\n", ",").split(",") if each.strip()]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class Separator(forms.CharField):
    """A line break is written as the two characters that the reference has for it."""

    def prepare_value(self, value: Any) -> Any:
        return value.replace("\n", "\\n").replace("\t", "\\t") if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        return str(value or "").replace("\\n", "\n").replace("\\t", "\t")


def text(label: Any, help: Any = "", kind: Callable[..., forms.Field] = forms.CharField, **more: Any) -> forms.Field:
    widget = forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"})
    return kind(label=label, help_text=help, required=False, **{"widget": widget, **more})


def number(label: Any, low: int, high: int, help: Any = "", initial: int | None = None) -> forms.Field:
    widget = forms.NumberInput(attrs={"class": "vIntegerField"})
    return forms.IntegerField(
        label=label, help_text=help, required=False, widget=widget, min_value=low, max_value=high, initial=initial
    )


def choice(label: Any, words: dict[str, Any], help: Any = "") -> forms.Field:
    return forms.ChoiceField(label=label, help_text=help, required=False, choices=list(words.items()))


def switch(label: Any, help: Any = "", initial: bool = False) -> forms.Field:
    return forms.BooleanField(label=label, help_text=help, required=False, initial=initial)


# In the order in which they are shown; what another one follows comes before it.
WHERE: dict[str, forms.Field] = {
    "endpoint": text(_("Endpoint")),
    "environment": text(_("Environment"), _("The region of the index. The wire asks for it; Pinecone does not.")),
    "app_name": text(_("Application name")),
    "database_name": text(_("Database")),
    "container_name": text(_("Container"), _("The collection in the database.")),
    "collection_name": text(_("Collection")),
    "index_name": text(_("Index")),
    "collections": forms.MultipleChoiceField(
        label=_("Collections"), required=False, widget=forms.CheckboxSelectMultiple
    ),
}
SIGNING: dict[str, forms.Field] = {
    "authentication__type": choice(_("Signs in with"), SIGN_IN),
    "authentication__key_id": text(_("Key id")),
    "authentication__key": secret(_("Key")),
    "authentication__encoded_api_key": secret(_("Encoded API key")),
    "authentication__access_token": secret(_("Access token")),
    "authentication__connection_string": secret(_("Connection string")),
    "authentication__username": text(_("User name")),
    "authentication__password": secret(_("Password")),
    "authentication__managed_identity_resource_id": text(_("Resource id of the identity")),
}
SEARCHING: dict[str, forms.Field] = {
    "query_type": choice(_("Searches by"), QUERIES),
    "semantic_configuration": text(_("Semantic configuration")),
    "filter": text(_("Filter"), _("An OData expression that every query has to fit.")),
    "embedding_dependency__type": choice(_("Vectors are made by"), EMBEDDINGS),
    "embedding_dependency__deployment_name": choice(
        _("Embedding deployment"), {}, _("The one that the index was made with.")
    ),
    "embedding_dependency__endpoint": text(
        _("Embedding endpoint"), _("The whole address up to /embeddings, without an API version.")
    ),
    "embedding_dependency__authentication__type": choice(
        _("Embedding signs in with"), {each: SIGN_IN[each] for each in ("api_key", "access_token")}
    ),
    "embedding_dependency__authentication__key": secret(_("Embedding key")),
    "embedding_dependency__authentication__access_token": secret(_("Embedding access token")),
    "embedding_dependency__model_id": text(_("Model in the store")),
    "embedding_dependency__dimensions": number(_("Dimensions"), 1, 20_000, _("Empty: as the model makes them.")),
}
MAPPING: dict[str, forms.Field] = {
    "fields_mapping__content_fields": text(
        _("Content fields"), _("Names, parted by commas. Empty: those of obvious names."), Listed
    ),
    "fields_mapping__title_field": text(_("Title field")),
    "fields_mapping__url_field": text(_("URL field")),
    "fields_mapping__filepath_field": text(_("File path field")),
    "fields_mapping__vector_fields": text(_("Vector fields"), "", Listed),
    "fields_mapping__image_vector_fields": text(_("Image vector fields"), _("Compared by the index itself."), Listed),
    "fields_mapping__content_fields_separator": text(
        _("Between content fields"), _("Empty: a line break."), Separator, strip=False
    ),
}
ANSWERING: dict[str, forms.Field] = {
    "strictness": number(_("Strictness"), 1, 5, _("From 1, which keeps more, to 5, which keeps less."), initial=3),
    "top_n_documents": number(_("Top documents"), 1, 100, _("Passages that an answer is given."), initial=5),
    "max_search_queries": number(_("Search queries"), 1, 100, _("At most, for one question. Empty: four.")),
    "in_scope": switch(_("Only from the documents"), _("What they do not hold is not answered."), initial=True),
    "allow_partial_result": switch(_("Answer without it when it fails"), _("The answer says what was left out.")),
    "role_information": forms.CharField(
        label=_("Role information"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("What the model is told about its task, in every answer from this source."),
    ),
}
FIELDS = {**WHERE, **SIGNING, **SEARCHING, **MAPPING, **ANSWERING}
SECRETS = [name for name in FIELDS if name.rpartition("__")[2] in data_sources.SECRET]


def _kinds(*around: str, own: str) -> list[str]:
    """The types whose parameters have it there."""
    if around == ("authentication",):
        return [kind for kind, row in TYPES.items() if row.authentication if own in _needed(row.authentication)]
    if around == ("fields_mapping",):
        without = {"vector_fields": {"local", "pinecone"}, "image_vector_fields": TYPES.keys() - {"azure_search"}}
        return [kind for kind in TYPES if kind not in without.get(own, {"local"})]
    if around:
        return list(TYPES)
    found = [
        kind for kind, row in TYPES.items() if own in {each.name for each in msgspec.structs.fields(row.parameters)}
    ]
    return [kind for kind in found if own != "query_type" or len(TYPES[kind].queries) > 1]


def _needed(ways: Iterable[str]) -> set[str]:
    return {"type", *(name for each in ways for name in AUTHENTICATION[each])}


def _follows(name: str) -> dict[str, list[str]]:
    """When a field applies: by the type, and by the kinds of embedding and of signing in around it."""
    *around, own = name.split("__")
    when: dict[str, list[str]] = {"type": _kinds(*around, own=own)}
    if around[:1] == ["embedding_dependency"] and name != "embedding_dependency__type":
        member = (*around, own)[1]
        own_key, sized = ["endpoint"], ["deployment_name", "endpoint"]
        others = [each for each, names in EMBEDDING.items() if member in names]
        when["embedding_dependency__type"] = {"authentication": own_key, "dimensions": sized}.get(member, others)
    if around[-1:] == ["authentication"] and own != "type":
        when["__".join((*around, "type"))] = [each for each, names in AUTHENTICATION.items() if own in names]
    if own == "semantic_configuration":
        when["query_type"] = [each for each in QUERIES if "semantic" in each]
    return {control: values for control, values in when.items() if values != list(TYPES)}


FOLLOWS = {name: when for name in FIELDS if (when := _follows(name))}
OPTIONS = {
    "authentication__type": {"type": {kind: row.authentication for kind, row in TYPES.items()}},
    "query_type": {"type": {kind: ("", *row.queries) for kind, row in TYPES.items()}},
    "embedding_dependency__type": {"type": {kind: ("", *row.embeddings) for kind, row in TYPES.items()}},
}
HINTS: Any = {
    "endpoint": {
        "type": {
            "azure_search": {"placeholder": "https://NAME.search.windows.net"},
            "elasticsearch": {"placeholder": "https://HOST:9200"},
            "mongo_db": {"placeholder": "NAME.mongodb.net", "help": _("The host name of the cluster.")},
        }
    },
    "access_filter": {
        "type": {
            "azure_search": {"placeholder": "groups/any(g: search.in(g, {groups}))"},
            "elasticsearch": {"placeholder": '{"terms": {"groups": "{groups}"}}'},
            **dict.fromkeys(
                ("azure_cosmos_db", "mongo_db", "pinecone"), {"placeholder": '{"groups": {"$in": "{groups}"}}'}
            ),
        }
    },
}
SECTIONS: tuple[tuple[Any, dict[str, forms.Field]], ...] = (
    (_("Where it is"), WHERE),
    (_("Signing in"), SIGNING),
    (_("Searching"), SEARCHING),
    (_("Which fields hold what"), MAPPING),
    (_("Answering"), ANSWERING),
)
