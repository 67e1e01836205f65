"""Answers from documents: what to search for, which finds to trust, what a model is told, and whether it cited truly.

It knows no database and no deployment: sources come as values, a model as a function (docs/grounding.md).
"""

from conversations.grounding.ground import ROOM, Grounded, Searching, embedder, ground, resume
from conversations.grounding.markers import Markers, numbered, stripped
from conversations.grounding.prompt import Given
from conversations.grounding.verify import Check, Document, verify, verify_words

__all__ = [
    "ROOM",
    "Check",
    "Document",
    "Given",
    "Grounded",
    "Markers",
    "Searching",
    "embedder",
    "ground",
    "numbered",
    "resume",
    "stripped",
    "verify",
    "verify_words",
]
