"""The benchmarks are run by hand, so that this tells when one of them could not be started any more."""

import importlib
from pathlib import Path

import pytest

from conversations.retrieval import Hit
from tests.benchmarks import retrieval
from tests.benchmarks.corpora import Corpus, Question

FOLDER = Path(__file__).parent / "benchmarks"
ALONE = {"bare"}  # sets up a Django of its own


@pytest.mark.parametrize("name", sorted({each.stem for each in FOLDER.glob("[a-z]*.py")} - ALONE))
def test_what_a_benchmark_imports_is_there(name: str) -> None:
    importlib.import_module(f"tests.benchmarks.{name}")


async def test_citations_of_the_offline_deployment_are_counted(capsys):
    """The way through the engine, with a passage that answers and one that does not."""
    passages = [
        Hit("Parental leave lasts twenty-six weeks after a birth.", 0.0, title="Leave", chunk_id="leave"),
        Hit("The canteen opens at 11:30 and closes at 14:00.", 0.0, title="Canteen", chunk_id="canteen"),
    ]
    asked = Question("How long is parental leave after a birth?", frozenset({"leave"}), "twenty-six weeks")
    corpus = Corpus(passages, {"leave": 0, "canteen": 0}, [asked])
    await retrieval.citing(corpus, 0, "words", retrieval.memory)
    said = capsys.readouterr().out
    assert "cites the right paragraph 100.0% (100.0% of the answers)" in said
    assert "its own citations supported 100.0% of 1" in said
