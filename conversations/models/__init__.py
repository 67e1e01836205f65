"""What is stored: people, deployments, data sources, prompts, conversations, messages, their evidence, documents."""

from conversations.models.access import Feature, Granted, Owned, Reader
from conversations.models.api_key import ApiKey, Operation
from conversations.models.assistant import Assistant
from conversations.models.attempt import Attempt
from conversations.models.audit import AuditEntry
from conversations.models.budget import Budget, Standing, Unit, key_standings
from conversations.models.call import Call, Purpose
from conversations.models.collection import MANAGE, Collection, Index, Term, made_by
from conversations.models.company import Company
from conversations.models.conversation import Busy, Conversation, Final, Turn
from conversations.models.data_source import DataSource
from conversations.models.deployment import Deployment
from conversations.models.document import Document, Stage
from conversations.models.evidence import Badge, Citation, Evidence, Verdict, erase
from conversations.models.feedback import Feedback, Reason
from conversations.models.golden import Evaluation, GoldenQuestion, Outcome
from conversations.models.group import NOBODY, ExternalGroup, GivenMembership
from conversations.models.keeping import keep
from conversations.models.message import CONTINUABLE, RUNNING, Message, MessageQuerySet, Role, State
from conversations.models.passage import Chunk, Vector
from conversations.models.price import Price
from conversations.models.prompt import Prompt, PromptVersion
from conversations.models.retention import Retention
from conversations.models.searching import SearchText
from conversations.models.share import Share
from conversations.models.spent import Spent
from conversations.models.user import User

__all__ = [
    "CONTINUABLE",
    "MANAGE",
    "NOBODY",
    "RUNNING",
    "ApiKey",
    "Assistant",
    "Attempt",
    "AuditEntry",
    "Badge",
    "Budget",
    "Busy",
    "Call",
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
    "Feature",
    "Feedback",
    "Final",
    "GivenMembership",
    "GoldenQuestion",
    "Granted",
    "Index",
    "Message",
    "MessageQuerySet",
    "Operation",
    "Outcome",
    "Owned",
    "Price",
    "Prompt",
    "PromptVersion",
    "Purpose",
    "Reader",
    "Reason",
    "Retention",
    "Role",
    "SearchText",
    "Share",
    "Spent",
    "Stage",
    "Standing",
    "State",
    "Term",
    "Turn",
    "Unit",
    "User",
    "Vector",
    "Verdict",
    "erase",
    "keep",
    "key_standings",
    "made_by",
]
