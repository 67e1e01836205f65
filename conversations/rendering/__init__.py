"""Markdown to safe HTML blocks, for live and stored answers alike. Knows nothing of Django."""

from conversations.rendering.citing import Cited
from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.render import blocks, mentioned, plain
from conversations.rendering.screen import Frame, Screen

__all__ = ["ENGLISH", "Cited", "Frame", "Labels", "Screen", "blocks", "mentioned", "plain"]
