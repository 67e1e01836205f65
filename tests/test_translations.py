"""The languages say the same things: nothing empty, nothing guessed, the same placeholders, compiled as written."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

LOCALE = Path(settings.LOCALE_PATHS[0])
ENTRY = re.compile(r'^msgid "((?:[^"\\]|\\.)+)"\nmsgstr "((?:[^"\\]|\\.)*)"$', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\{\w+\}\}|</?\w+[^>]*>")


@pytest.fixture(params=["fr", "ko"])
def catalogue(request):
    return LOCALE / request.param / "LC_MESSAGES" / "django.po"


def test_every_message_is_translated_and_none_is_a_guess(catalogue):
    text = catalogue.read_text()
    assert "#, fuzzy" not in text
    entries = ENTRY.findall(text)
    assert len(entries) > 200
    assert not [source for source, target in entries if not target]


def test_placeholders_survive_translation(catalogue):
    for source, target in ENTRY.findall(catalogue.read_text()):
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for source, target in ENTRY.findall(catalogue.read_text()):
        assert compiled.gettext(_plain(source)) == _plain(target)


def test_every_text_of_the_templates_is_in_the_catalogue(catalogue):
    known = {_plain(source) for source, _ in ENTRY.findall(catalogue.read_text())}
    used = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        used |= set(re.findall(r'\{% translate "([^"]+)"', template.read_text()))
    assert used <= known, "run `make messages` and translate"


def _plain(text):
    return text.replace('\\"', '"').replace("\\n", "\n")
