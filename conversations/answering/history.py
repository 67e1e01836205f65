"""Fits a conversation into a context window, leaving out its oldest turns and never its last question."""

from collections.abc import Sequence
from dataclasses import replace

from asgiref.sync import sync_to_async

from conversations.answering import tokens
from conversations.answering.notices import Trimmed
from conversations.completions.errors import PromptTooLong
from conversations.completions.wire import ChatRequest, Message, with_messages

PER_MESSAGE = 4  # tokens of framing that chat formats put around each message
ANSWER_SHARE = 4  # a quarter of the window, at most ANSWER_TOKENS, is kept free for the answer
ANSWER_TOKENS = 4096
