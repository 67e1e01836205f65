"""Fits a conversation into a context window, leaving out its oldest turns and never its last question."""

from collections.abc import Sequence

from asgiref.sync import sync_to_async

from conversations.answering import tokens
from conversations.answering.notices import Trimmed
from conversations.completions.errors import PromptTooLong
from conversations.completions.wire import SYSTEM, Message

PER_MESSAGE = 4  # tokens of framing that chat formats put around each message
PER_IMAGE = 1000  # tokens of one image; vendors count from 85 to 1,600
ANSWER_TOKENS = 4096  # kept free for the answer, but never more than a quarter of the window


async def fit(
    messages: Sequence[Message], window: int, asked: int | None = None, *, keep: int = 1
) -> tuple[list[Message], Trimmed | None]:
    """The messages that fit into `window` tokens beside an answer of `asked` tokens, and what was left out.

    System messages and the last `keep` messages stay. Raises PromptTooLong if these alone do not fit.
    """
    room = window - min(asked or ANSWER_TOKENS, window // 4)
    # A token is at least one byte, so most conversations are known to fit without counting a single one.
    if sum(_framing(each) + len(each.text.encode()) for each in messages) <= room:
        return list(messages), None
    return await sync_to_async(_fit, thread_sensitive=False)(list(messages), room, keep)


def _fit(messages: list[Message], room: int, keep: int) -> tuple[list[Message], Trimmed | None]:
    sizes = [_framing(each) + tokens.count(each.text) for each in messages]
    last = max(0, len(messages) - keep)
    kept = {at for at, each in enumerate(messages) if each.role in SYSTEM or at >= last}
    used = sum(sizes[at] for at in kept)
    if used > room:
        raise PromptTooLong(
            f"The question takes {used:,} tokens; the deployment has room for {room:,}. "
            "Shorten it, or choose a deployment with a larger context window."
        )
    for at in range(last - 1, -1, -1):
        if at in kept:
            continue
        if used + sizes[at] > room:
            break
        used += sizes[at]
        kept.add(at)
    while (first := _first_turn(messages, kept)) is not None and messages[first].role != "user":
        kept.discard(first)  # an answer without its question would only confuse
    fitting = [each for at, each in enumerate(messages) if at in kept]
    left_out = len(messages) - len(fitting)
    return fitting, Trimmed(sent=len(fitting), left_out=left_out) if left_out else None


def _framing(message: Message) -> int:
    """Tokens of what is not its text."""
    return PER_MESSAGE + PER_IMAGE * message.images


def _first_turn(messages: list[Message], kept: set[int]) -> int | None:
    turns = (at for at in sorted(kept) if messages[at].role not in SYSTEM)
    return next(turns, None)
