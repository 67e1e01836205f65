"""May this be asked, and of whom: the deployment and those that take over for it, as plain values."""

from dataclasses import dataclass

from channels.db import database_sync_to_async

from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import CompletionError
from conversations.models import Deployment, Reader


class Disabled(CompletionError):
    """The deployment may not be asked now: it was disabled, or its stored key cannot be read any more."""

    code = "disabled"


@dataclass(frozen=True)
class Candidate:
    pk: int
    label: str
    endpoint: Endpoint
    context_window: int  # tokens


@database_sync_to_async
def admit(deployment: Deployment, reader: Reader) -> list[Candidate]:
    """Who may answer `reader`, in order; raises Disabled if nobody may."""
    fresh = Deployment.objects.select_related("fallback").filter(pk=deployment.pk).first()
    line = fresh.line() if fresh and fresh.enabled else []
    able = [each for each in line if not each.key_lost]
    if not able:
        why = "its stored key cannot be decrypted; enter it again" if line else "it is disabled"
        raise Disabled(f"The deployment “{deployment.title}” cannot be asked: {why}.")
    return [Candidate(each.pk, each.title, each.endpoint_at(), each.context_window) for each in able]
