"""What is stored: people, deployments, data sources, prompts, conversations, messages, their evidence, documents."""

from conversations.models.access import Reader
from conversations.models.attempt import Attempt
from conversations.models.collection import MANAGE, Collection, Index, Term, made_by
from conversations.models.company import Company
from conversations.models.conversation import Busy, Conversation, Final, Turn
from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.document import Chunk, Document, Stage, Vector
from conversations.models.evidence import Citation, Evidence, Verdict
from conversations.models.feedback import Feedback, Reason
from conversations.models.golden import Evaluation, GoldenQuestion, Outcome
from conversations.models.group import ExternalGroup
from conversations.models.message import CONTINUABLE, RUNNING, Message, MessageQuerySet, Role, State
from conversations.models.price import Price
from conversations.models.prompt import Prompt, PromptVersion
from conversations.models.searching import SearchText
from conversations.models.user import User

__all__ = [
    "CONTINUABLE",
    "MANAGE",
    "RUNNING",
    "Attempt",
    "Busy",
    "Chunk",
    "Citation",
    "Collection",
    "Company",
    "Conversation",
    "DataSource",
    "Deployment",
    "Document",
    "Evaluation",
    "Evidence",
    "ExternalGroup",
    "Feedback",
    "Final",
    "GoldenQuestion",
    "Index",
    "Message",
    "MessageQuerySet",
    "Outcome",
    "Price",
    "Prompt",
    "PromptVersion",
    "Reader",
    "Reason",
    "Role",
    "SearchText",
    "Stage",
    "State",
    "Term",
    "Turn",
    "User",
    "Vector",
    "Verdict",
    "made_by",
]
