"""Markdown to safe HTML blocks, for live and stored answers alike. Knows nothing of Django."""

from conversations.rendering.citing import Cited
from conversations.rendering.labels import ENGLISH, Labels
from conversations.rendering.links import link
from conversations.rendering.render import blocks, json_block, mentioned, plain
from conversations.rendering.screen import Frame, Screen

__all__ = ["ENGLISH", "Cited", "Frame", "Labels", "Screen", "blocks", "json_block", "link", "mentioned", "plain"]
