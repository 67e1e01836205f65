"""`access_filter`: what ids and templates become, and what cannot leave its place."""

import json

import pytest

from conversations.completions.data_sources import read
from conversations.retrieval.access import excluded, odata, structured
from conversations.retrieval.base import Access, Setting
from conversations.retrieval.errors import SourceRefused

SOURCE = {
    "type": "elasticsearch",
    "parameters": {
        "endpoint": "https://e.test",
        "index_name": "docs",
        "authentication": {"type": "encoded_api_key", "encoded_api_key": "k"},
    },
}
IN = "groups/any(g: search.in(g, {groups}))"


def setting(template: str, *groups: str) -> Setting:
    return Setting("Handbook", read(SOURCE), Access(template, groups))


def test_without_a_filter_nobody_is_excluded() -> None:
    assert not excluded(setting(""))
    assert structured(setting("", "staff")) is None
    assert odata(setting("", "staff"), "lang eq 'de'") == "lang eq 'de'"
    assert odata(setting("", "staff"), "") == ""


def test_with_a_filter_whoever_has_no_group_is_excluded() -> None:
    assert excluded(setting(IN))
    assert excluded(setting(IN, "", "  "))
    assert not excluded(setting(IN, "staff"))


def test_ids_become_one_string_and_what_parts_it() -> None:
    assert odata(setting(IN, "a", "o'brien"), "") == "groups/any(g: search.in(g, 'a|o''brien', '|'))"


def test_an_id_cannot_become_two() -> None:
    assert odata(setting(IN, "a|b", "c, d"), "").endswith("'a|b;c, d', ';'))")
    with pytest.raises(SourceRefused):
        odata(setting(IN, "|;,~^"), "")


def test_both_filters_must_hold() -> None:
    assert odata(setting("g eq {groups}", "a"), "x eq 1 or y eq 2") == "(x eq 1 or y eq 2) and (g eq 'a', '|')"


@pytest.mark.parametrize("filter", ["a eq 1) or (b eq 2", "a eq 'x", "(a eq 1", "a eq 1)", "a eq '''", ")("])
def test_a_filter_cannot_leave_its_brackets(filter: str) -> None:
    with pytest.raises(SourceRefused):
        odata(setting(IN, "a"), filter)


@pytest.mark.parametrize("filter", ["a eq ')'", "a eq 'it''s ('", "(a eq 1) or (b eq 2)"])
def test_signs_in_strings_are_no_brackets(filter: str) -> None:
    assert odata(setting(IN, "a"), filter).startswith(f"({filter}) and ")


@pytest.mark.parametrize("template", ["public eq true", "g eq '{groups}'", "g eq '{groups}' or h eq {groups}"])
def test_a_template_must_have_the_groups_as_a_value(template: str) -> None:
    with pytest.raises(SourceRefused):
        odata(setting(template, "a"), "")


def test_ids_become_a_list_wherever_they_are_asked_for() -> None:
    template = '{"bool": {"should": [{"terms": {"g": "{groups}"}}, {"term": {"public": true}}]}}'
    filled = structured(setting(template, "a", 'b"}'))
    assert filled == {"bool": {"should": [{"terms": {"g": ["a", 'b"}']}}, {"term": {"public": True}}]}}


@pytest.mark.parametrize(
    "template",
    [
        "no json",
        json.dumps({"terms": {"g": "staff"}}),
        json.dumps({"query_string": {"query": "g:({groups})"}}),
        json.dumps({"a": "{groups}", "b": "x {groups}"}),
        json.dumps({"{groups}": 1}),
        json.dumps("{groups}"),
        json.dumps(["{groups}"]),
    ],
)
def test_groups_are_never_text_inside_other_text(template: str) -> None:
    with pytest.raises(SourceRefused):
        structured(setting(template, "a"))
