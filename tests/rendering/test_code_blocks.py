"""Code blocks: their frame, and which of them are highlighted."""

import pytest

from conversations.rendering import ENGLISH, Labels, blocks
from conversations.rendering.languages import LONGEST
from tests.rendering.reading import read

PYTHON = "```python\ndef f():\n    return 'a' + 1  # <b>\n```"


def test_a_code_block_has_a_head_a_copy_button_and_a_region_to_scroll():
    labels = Labels(copy="Copier", copy_code="Copier le code", code="Code", icons="/static/icons.1a2b.svg")
    page = read(*blocks("```yaml\na: 1\n```", labels))
    assert page.all("span")[0].text == "YAML"
    assert page.all("button")[0].text == "Copier"
    assert page.all("button")[0].attributes["aria-label"] == "Copier le code"
    assert page.all("use")[0].attributes == {"href": "/static/icons.1a2b.svg#copy"}
    assert page.all("pre")[0].attributes == {"tabindex": "0", "role": "region", "aria-label": "Code, YAML"}


def test_labels_are_escaped():
    page = read(*blocks("```x\ny\n```\n\n|a|\n|-|", Labels('"<i>', '"<i>', '"<i>', '"<i>', icons='"<i>')))
    assert page.all("i") == []
    assert page.all("button")[0].attributes["aria-label"] == '"<i>'


def test_tokens_have_short_classes_and_the_text_stays_the_same():
    page = read(*blocks(PYTHON))
    assert {(span.attributes.get("class"), span.text) for span in page.all("span")[1:]} == {
        ("k", "def"),
        ("f", "f"),
        ("k", "return"),
        ("s", "'a'"),
        ("m", "1"),
        ("c", "# <b>"),
    }
    assert page.all("code")[0].text == "def f():\n    return 'a' + 1  # <b>\n"


@pytest.mark.parametrize(
    ("word", "name"), [("py", "Python"), ("C#", "C#"), ("Java", "Java"), ("brainstorm", "brainstorm")]
)
def test_the_head_names_the_language(word, name):
    assert read(*blocks(f"```{word}\nx\n```")).all("span")[0].text == name


@pytest.mark.parametrize("fence", ["```", "```text", '```"><img', "``` <b>", f"```{'a' * 31}"])
def test_a_fence_without_a_plausible_language_is_just_code(fence):
    assert read(*blocks(f"{fence}\nx\n```")).all("span")[0].text == ENGLISH.code


def test_java_is_highlighted_by_a_relative_and_named_java():
    page = read(*blocks("```java\npublic class A {}\n```"))
    assert [span.text for span in page.all("span")] == ["Java", "public", "class"]


def test_only_the_code_block_that_may_still_grow_is_plain():
    one, two = blocks(f"{PYTHON}\n\n{PYTHON}", open=True)
    assert 'class="k"' in one
    assert 'class="k"' not in two
    assert blocks(f"{PYTHON}\n\n{PYTHON}")[1] == one


def test_a_list_highlights_all_its_code_but_the_last():
    steps = "1. a\n   ```python\n   def f(): 1\n   ```\n2. b\n   ```python\n   def f(): 1\n   ```"
    assert blocks(steps, open=True)[0].count('class="k"') == 1
    assert blocks(steps)[0].count('class="k"') == 2
    assert blocks(f"{steps}\n3. c", open=True)[0].count('class="k"') == 2


@pytest.mark.parametrize("code", ["x = 1\n" * LONGEST, "x = 1;" * 100, "x = 1\n" + "\n" * 20 + "y = 1", " \n" * 20])
def test_code_that_could_keep_a_lexer_busy_is_plain(code):
    assert 'class="m"' not in blocks(f"```python\n{code}\n```")[0]


def test_a_language_whose_lexer_is_too_slow_is_plain():
    page = read(*blocks('```terraform\nresource "a" "b" { c = 1 }\n```'))
    assert [span.text for span in page.all("span")] == ["Terraform"]
