"""Reads settings from the environment and from `.env`, and remembers each one for the documentation.

Every variable is declared where it is read, with its default and one sentence; docs/configuration.md is made
from `VARIABLES`, so a setting that is not in the table does not exist.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_environ = environ.Env()


@dataclass(frozen=True)
class Variable:
    name: str
    kind: str
    default: str
    meaning: str


VARIABLES: dict[str, Variable] = {}


def load(path: Path) -> None:
    """Read `path` if it is there; what the environment says already wins over it."""
    if path.is_file():
        environ.Env.read_env(path, overwrite=False)


def text(name: str, default: str, meaning: str, *, shown: str | None = None) -> str:
    return _read(name, "text", default, meaning, shown, lambda: _environ.str(name, default))


def flag(name: str, default: bool, meaning: str) -> bool:
    return _read(name, "yes/no", default, meaning, None, lambda: _environ.bool(name, default))


def whole(name: str, default: int, meaning: str) -> int:
    return _read(name, "number", default, meaning, None, lambda: _environ.int(name, default))


def seconds(name: str, default: float, meaning: str) -> float:
    return _read(name, "seconds", default, meaning, None, lambda: _environ.float(name, default))


def listed(name: str, meaning: str) -> list[str]:
    def read() -> list[str]:
        return [part.strip() for part in _environ.list(name, default=[]) if part.strip()]

    return _read(name, "list, by commas", "", meaning, None, read)


def database(url: str) -> dict[str, Any]:
    """Django's connection settings for a `postgres://…` or `sqlite:///…` address."""
    return dict(_environ.db_url_config(url))


def key(name: str, make: Callable[[], str], meaning: str, folder: Path | None) -> str:
    """One that is set, or made on first run and kept in `folder`; without a folder it has to be set."""
    value = text(name, "", meaning, shown="made on first run (embedded defaults only)")
    if not value and folder is None:
        raise ImproperlyConfigured(
            f"{name} is not set. With DATABASE_URL or REDIS_URL every process needs the same one; "
            f"set it in the environment or in .env (docs/operating.md says how to make one)."
        )
    return value if folder is None else value or kept(folder / name.lower(), make)


def kept(path: Path, make: Any) -> str:
    """The content of `path`, which is made by `make()` and readable by its owner alone on first use."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    value: str = make()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first; its key is the key
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
    return value


def private(path: Path) -> Path:
    """A file that a library will write, made before it does: for its owner alone, as are those it puts beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # it is there, or not ours to make
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def new_secret() -> str:
    return secrets.token_urlsafe(48)


def new_password() -> str:
    return secrets.token_urlsafe(9)


def _read(name: str, kind: str, default: Any, meaning: str, shown: str | None, read: Any) -> Any:
    VARIABLES[name] = Variable(name, kind, str(default) if shown is None else shown, meaning)
    return read()
