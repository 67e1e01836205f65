"""JSON is shown as one indented block of code, in the stream as in the store, and nothing else is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.rendering import Screen, blocks, json_block
from conversations.rendering.document import indented

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
OBJECTS = st.dictionaries(st.text(), VALUES, min_size=1)


@given(st.lists(VALUES) | OBJECTS)
def test_json_is_indented_as_python_would(value):
    assert indented(json.dumps(value)) == json.dumps(value, indent=2)
    assert indented(json.dumps(value, indent=1)) == json.dumps(value, indent=2)


@given(OBJECTS, st.lists(st.integers(0, 200), max_size=6), st.booleans())
def test_what_streamed_is_what_is_stored(value, cuts, structured):
    text, screen = json.dumps(value), Screen()
    for cut in sorted(cuts):
        screen.show(text[:cut], structured=structured)
        assert screen.blocks == blocks(text[:cut], open=True, structured=structured)
    screen.show(text, final=True, structured=structured)
    assert screen.blocks == blocks(text, structured=structured)


def test_values_stay_as_they_are_written():
    assert indented('{"a":1.0e5,"a":"\\u00e9 , :"}') == '{\n  "a": 1.0e5,\n  "a": "\\u00e9 , :"\n}'


def test_what_was_cut_is_shown_as_far_as_it_came():
    (block,) = blocks('{"a":[1,', structured=True)
    assert '<div class="code">' in block
    assert "JSON" in block


def test_while_it_grows_it_is_not_highlighted():
    assert "<span class=" not in blocks('{"a": 1}', open=True, structured=True)[0]
    assert '<span class="m">1</span>' in blocks('{"a": 1}', structured=True)[0]


@pytest.mark.parametrize("text", ["I **cannot**.", "[doc1] says so.", "[x](https://x.test)"])
def test_a_model_that_answers_in_words_all_the_same_is_read_as_markdown(text):
    assert blocks(text, structured=True) == blocks(text)


@pytest.mark.parametrize("text", ['{"a": 1}', ' [{"a": 1}]\n', '{"a": {"b": []}}'])
def test_json_that_was_not_asked_for_is_known_by_its_whole(text):
    assert blocks(text)[0].startswith('<div class="code">')
    assert not blocks(text, open=True)[0].startswith('<div class="code">')


@pytest.mark.parametrize("text", ["{}", "[1]", "[]", '{"a": 1} is it', "{a: 1}", "[x](https://x.test)", '"x"', "7"])
def test_other_texts_stay_markdown(text):
    assert not blocks(text)[0].startswith('<div class="code">')


def test_nothing_yet_is_no_block():
    assert blocks("", structured=True) == blocks(" \n", structured=True, open=True) == []


def test_markup_in_json_is_text():
    block = json_block('{"a": "</code><script>x</script> &lt;"}')
    assert "<script" not in block
    assert "&lt;script&gt;" in block
    assert "&amp;lt;" in block


def test_arguments_that_are_no_json_stay_as_they_are():
    assert "city  Oslo" in json_block("city  Oslo")


def test_deep_json_is_cheap():
    text = "[" * 5000
    assert len(indented(text)) < 5000 * 100
