"""Credentials at rest: a JSON object of secrets, encrypted with rotatable keys, that never shows itself.

Ciphers are `cryptography`'s MultiFernet: the first of FIELD_ENCRYPTION_KEYS encrypts, all of them decrypt.
Lost keys do not stop the product: the value reads as `LostSecrets`, and whoever needs a secret of it says
which one has to be entered again.
"""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class Secrets(dict[str, str]):
    """JSON pointer → secret, for instance `{"/key": "…"}`. Its repr shows the pointers only."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(sorted(self))})"

    __str__ = __repr__


class LostSecrets(Secrets):
    """What was stored under keys that are gone: empty, and says so; saving it keeps the stored bytes."""

    def __init__(self, stored: str) -> None:
        super().__init__()
        self.stored = stored


class SecretsField(models.TextField):
    """Stores `Secrets`; the column holds `v1:` and a Fernet token, or nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": Secrets, "editable": False, **kwargs})

    def from_db_value(self, value: str | None, *_: Any) -> Secrets:
        if not value:
            return Secrets()
        try:
            plain = _cipher().decrypt(value.removeprefix("v1:").encode())
        except InvalidToken:
            return LostSecrets(value)
        return Secrets(json.loads(plain))

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, LostSecrets):
            return value.stored
        if not value:
            return ""
        return "v1:" + _cipher().encrypt(json.dumps(dict(value)).encode()).decode()

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # exports and fixtures carry no secrets


def encrypted_by_first(stored: str) -> bool:
    """Is this column's value as the first key would write it? Others are to be written again."""
    if not stored:
        return True
    try:
        _cipher_of((settings.FIELD_ENCRYPTION_KEYS[0],)).decrypt(stored.removeprefix("v1:").encode())
    except InvalidToken:
        return False
    return True


def encrypt(text: str) -> str:
    """For a secret that another package stores as text."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str | None:
    """What `encrypt` was given; None when its key is lost."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        return None


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.FIELD_ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
