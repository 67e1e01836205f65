"""Promises about the files themselves: documentation that is true, locks that are whole, files one can read."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from conversations.management.commands.configuration import table

ROOT = Path(__file__).parent.parent
OWN = [*ROOT.glob("chatapp/**/*.py"), *ROOT.glob("conversations/**/*.py"), *ROOT.glob("tests/**/*.py")]
OWN = [path for path in OWN if "migrations" not in path.parts]


def test_the_configuration_page_is_what_the_code_reads():
    hint = "run `manage.py configuration > docs/configuration.md`"
    shown = [line for line in table().splitlines() if "PORT" not in line and "HOST" not in line]
    page = (ROOT / "docs" / "configuration.md").read_text()
    missing = [line for line in shown if line.split("|")[1:2] and line.split("|")[1] not in page]
    assert not missing, hint


def test_every_dependency_is_pinned_and_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    lock = (ROOT / "requirements.lock").read_text().lower()
    for line in project["project"]["dependencies"]:
        name = re.match(r"[A-Za-z0-9-]+", line)[0].lower()
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name
        assert name in reasons, name


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-azure.lock", "requirements-mongo.lock", "requirements-dev.lock"]
)
def test_a_lock_holds_names_versions_and_hashes_only(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*)==[^\n]*\\\n((?:    --hash=\S+[^\n]*\n)*)", text, re.MULTILINE)
    assert len(pinned) > 30
    assert all(hashes for _, hashes in pinned)


@pytest.mark.parametrize("path", OWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_why_it_exists_and_stays_readable(path):
    text = path.read_text()
    assert not text.strip() or '"""' in text[:80]
    assert text.count("\n") <= 300


def test_no_file_names_a_machine_or_a_registry():
    folders = "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot"])
    hosts = "|".join(["py" + "pi.org", "pythonhos" + "ted", "registry.np" + "mjs"])
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    wrong = []
    for name in listed:
        path = ROOT / name
        if path.suffix in {".xz", ".sse"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if re.search(rf"(^|[^A-Za-z0-9_.])/(?:{folders})/|{hosts}", text, re.MULTILINE):
            wrong.append(name)
    assert not wrong
