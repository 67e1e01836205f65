"""Markdown to safe HTML blocks, for live and stored answers alike. Knows nothing of Django."""

from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.render import blocks, plain
from conversations.rendering.screen import Frame, Screen

__all__ = ["ENGLISH", "Frame", "Labels", "Screen", "blocks", "plain"]
