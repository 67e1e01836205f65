"""Answers from documents: what to search for, which finds to trust, what a model is told, and whether it cited truly.

It knows no database and no deployment: sources come as values, a model as a function (docs/grounding.md).
"""

from conversations.grounding.ground import Grounded, Searching, ground, resume
from conversations.grounding.markers import Markers, cited, numbered, stripped
from conversations.grounding.prompt import Given
from conversations.grounding.verify import Check

__all__ = ["Check", "Given", "Grounded", "Markers", "Searching", "cited", "ground", "numbered", "resume", "stripped"]
