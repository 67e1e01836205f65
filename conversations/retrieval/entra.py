"""A bearer of Microsoft Entra for Azure AI Search, by this machine's managed identity."""

import asyncio
from importlib import import_module
from typing import Any

from conversations.retrieval.errors import SourceKey, SourceUnreachable

SCOPE = "https://search.azure.com/.default"
PATIENCE = 20  # seconds


async def bearer(source: str, resource: str) -> str:
    """`resource`: the id of a user-assigned identity, empty for the machine's own; raises RetrievalError."""
    try:
        library: Any = await asyncio.to_thread(import_module, "azure.identity.aio")
    except ImportError as error:
        words = "Managed identities need azure-identity: pip install -r requirements-azure.lock"
        raise SourceKey(source, words) from error
    from azure.core.exceptions import AzureError  # type: ignore[import-not-found,unused-ignore]

    named = {"identity_config": {"resource_id": resource}} if resource else {}
    try:
        async with asyncio.timeout(PATIENCE), library.ManagedIdentityCredential(**named) as credential:
            return str((await credential.get_token(SCOPE)).token)
    except TimeoutError as error:
        raise SourceUnreachable(source, f"The identity service did not answer within {PATIENCE} seconds.") from error
    except AzureError as error:
        words = str(error).splitlines()[0][:300]
        raise SourceKey(source, f"This machine has no such managed identity. Assign it. ({words})") from error
