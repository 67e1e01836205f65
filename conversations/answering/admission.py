"""May this be asked, and of whom: the deployment and those that take over for it, as plain values."""

from dataclasses import dataclass

from channels.db import database_sync_to_async

from conversations.answering.limits import within_budget
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import Disabled
from conversations.models import Deployment, Reader


@dataclass(frozen=True)
class Candidate:
    pk: int
    label: str
    endpoint: Endpoint
    context_window: int  # tokens


@database_sync_to_async
def admit(deployment: Deployment, reader: Reader) -> list[Candidate]:
    """Who may answer `reader`, in order; raises Disabled if nobody may, BudgetExceeded if a budget is used up."""
    within_budget(reader)
    fresh = Deployment.objects.select_related("fallback").filter(pk=deployment.pk).first()
    line = fresh.line(reader) if fresh and fresh.enabled else []
    if deployment not in line:
        line = []  # what takes over for it is no way around its grants
    able = [each for each in line if not each.key_lost]
    if not able:
        why = "its stored key cannot be decrypted; enter it again" if line else "it is disabled, or not granted to you"
        raise Disabled(f"The deployment “{deployment.title}” cannot be asked: {why}.")
    return [Candidate(each.pk, each.title, each.endpoint_at(), each.context_window) for each in able]
