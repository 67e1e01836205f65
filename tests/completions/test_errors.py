"""The error tree: the same facts on every error, and codes that nobody shares."""

import re

import pytest

from conversations.completions import errors
from conversations.completions.errors import CompletionError

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, CompletionError)]


def test_codes_are_stable_words_and_unique() -> None:
    codes = [each.code for each in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


@pytest.mark.parametrize("kind", CLASSES)
def test_tree_on_top_of_the_file_names_every_class(kind: type[CompletionError]) -> None:
    assert errors.__doc__ is not None
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__)


@pytest.mark.parametrize("kind", CLASSES)
def test_tree_says_whether_a_retry_helps(kind: type[CompletionError]) -> None:
    lines = [line for line in (errors.__doc__ or "").splitlines() if re.search(rf"─ {kind.__name__}\b", line)]
    assert any("(retry helps)" in line for line in lines) == kind.retryable


def test_facts_are_there_when_nobody_gave_them() -> None:
    error = errors.RateLimited("busy")
    assert (error.status, error.retry_after, error.request_id, str(error)) == (None, None, None, "busy")
