"""The benchmarks are run by hand, so that this tells when one of them could not be started any more."""

import importlib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"
ALONE = {"bare"}  # sets up a Django of its own


@pytest.mark.parametrize("name", sorted({each.stem for each in FOLDER.glob("[a-z]*.py")} - ALONE))
def test_what_a_benchmark_imports_is_there(name: str) -> None:
    importlib.import_module(f"tests.benchmarks.{name}")
