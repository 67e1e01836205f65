"""What is stored: people, deployments, prompts, conversations, messages and their attempts."""

from conversations.models.access import Reader
from conversations.models.attempt import Attempt
from conversations.models.company import Company
from conversations.models.conversation import Busy, Conversation, Final, Turn
from conversations.models.deployment import Deployment
from conversations.models.feedback import Feedback, Reason
from conversations.models.message import CONTINUABLE, RUNNING, Message, MessageQuerySet, Role, State
from conversations.models.prompt import Prompt, PromptVersion
from conversations.models.searching import SearchText
from conversations.models.user import User

__all__ = [
    "CONTINUABLE",
    "RUNNING",
    "Attempt",
    "Busy",
    "Company",
    "Conversation",
    "Deployment",
    "Feedback",
    "Final",
    "Message",
    "MessageQuerySet",
    "Prompt",
    "PromptVersion",
    "Reader",
    "Reason",
    "Role",
    "SearchText",
    "State",
    "Turn",
    "User",
]
