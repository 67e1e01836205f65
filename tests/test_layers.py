"""Imports run downwards only, and the lowest packages know no Django."""

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import conversations

ROOT = Path(conversations.__file__).parent.parent
LAYERS = [  # from the bottom; a module may import from its own layer and from those below
    {"completions", "rendering", "texts"},
    {"models", "migrations", "outage"},
    {"retrieval"},
    {"grounding"},
    {"answering"},
    {"generation"},
    {"consumers", "routing", "views", "urls", "forms", "api", "admin", "management", "templatetags", "requests"}
    | {"demo", "middleware", "adapter", "apps", "checks", "leaving", "viewer", "branding", "site", "auditing", "oidc"}
    | {"second_factor", "sessions"},
    {"chatapp"},
]


def level(module: str) -> int | None:
    """The layer of a dotted name of ours, None for everything else."""
    top, *rest = module.split(".")
    if top == "chatapp":
        return len(LAYERS) - 1
    if top != "conversations" or not rest:
        return None
    return next(at for at, names in enumerate(LAYERS) if rest[0] in names)


def imported(module: str, source: str) -> set[str]:
    """Dotted names that `source`, the text of `module`, imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            found |= {name} | {f"{name}.{alias.name}" for alias in node.names if name == "conversations"}
    return found - {"conversations"}


def upward(module: str, source: str) -> set[str]:
    own = level(module)
    return {name for name in imported(module, source) if (at := level(name)) is not None and at > own}


def modules():
    for folder in ("conversations", "chatapp"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if level(name) is not None:
                yield name, path.read_text()


def test_nothing_imports_upwards():
    wrong = {name: found for name, source in modules() if (found := upward(name, source))}
    assert not wrong


def test_pages_and_programs_need_no_administration():
    served = ("conversations.views", "conversations.api")
    found = {each for name, source in modules() if name.startswith(served) for each in imported(name, source)}
    assert "conversations.models" in found
    assert not {each for each in found if each.startswith("conversations.admin")}


def test_the_architecture_names_every_module():
    told = (ROOT / "docs" / "architecture.md").read_text()
    there = {path.stem for path in (ROOT / "conversations").iterdir() if path.suffix == ".py" or path.is_dir()}
    unsaid = {"__init__", "__pycache__", "migrations"}
    assert not {name for name in there - unsaid if not re.search(rf"\b{name}\b", told)}


def test_an_upward_import_would_be_seen():
    assert upward("conversations.models.user", "def f():\n    from conversations import generation") == {
        "conversations.generation"
    }
    assert upward("conversations.answering.stream", "from ..views import pages") == {"conversations.views"}


def test_the_lowest_layers_know_no_django():
    packages = ("conversations.completions", "conversations.rendering", "conversations.texts")
    names = [
        each.name
        for package in packages
        for each in pkgutil.walk_packages([str(ROOT / package.replace(".", "/"))], f"{package}.")
    ]
    assert len(names) > 10
    script = f"import sys, {', '.join([*packages, *names])}; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "Django was imported"
