"""Texts to vectors, whatever they are for: a disabled deployment is refused, and what it took is written down."""

from channels.db import database_sync_to_async

from conversations.completions import embeddings
from conversations.completions.embeddings import Vectors
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import Disabled
from conversations.models import Call, Deployment, Purpose, Reader


async def embed(
    texts: list[str],
    by: Deployment | Endpoint,
    *,
    reader: Reader | None,
    input_type: str,
    dimensions: int | None = None,
) -> Vectors:
    """One vector a text. `reader`: on whose behalf; `by`: a deployment of ours, or an endpoint that a source has.

    Raises CompletionError; Disabled by what the deployment's row says now.
    """
    endpoint, pk = (by, None) if isinstance(by, Endpoint) else (await _endpoint(by), by.pk)
    spent: list[int] = []
    try:
        return await embeddings.embed(
            texts, endpoint, dimensions=dimensions, input_type=input_type, counted=spent.append
        )
    finally:
        if spent:
            usage = {"prompt_tokens": sum(spent)} if any(spent) else {}
            await Call.note(Purpose.EMBEDDING, usage, reader=reader, deployment=pk)


@database_sync_to_async
def _endpoint(deployment: Deployment) -> Endpoint:
    fresh = Deployment.objects.usable().filter(pk=deployment.pk).first()
    if fresh is None or fresh.key_lost:
        why = "its stored key cannot be decrypted; enter it again" if fresh else "it is disabled"
        raise Disabled(f"The deployment “{deployment.title}” cannot be asked: {why}.")
    return fresh.endpoint_at()
