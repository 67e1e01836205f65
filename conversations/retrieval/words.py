"""How retrieval cuts texts into words: as everything does that compares texts."""

from conversations.texts.words import asked, fold, terms

__all__ = ["asked", "fold", "terms"]
