"""The served wire: what was written for Azure OpenAI or OpenAI asks our deployments (docs/api.md)."""

import re

_PATHS = re.compile(r"/(?:openai|v1|chat)(?:/|$)")


def is_api(path: str) -> bool:
    """Is this an address of programs? They are answered in their own shape, also where no view was reached."""
    return _PATHS.match(path) is not None


__all__ = ["is_api"]
