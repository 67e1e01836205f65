"""What clients of `data_sources` write beside the reference, turned into what the reference says.

Known from Microsoft's sample client and the service itself: `azure_cosmosdb`; a Pinecone key called `api_key`; a key
beside the authentication's object; `null` for absent; a separator as the two characters \\n; a query type or vector
fields where the store has none.
"""

from typing import Any

NAMES = {"azure_cosmosdb": "azure_cosmos_db", "AzureCognitiveSearch": "azure_search", "Elasticsearch": "elasticsearch"}
ONE_QUERY = {"azure_cosmos_db", "mongo_db", "pinecone"}  # they compare vectors, whatever query_type says


def standard(entry: dict[str, Any], at: str) -> tuple[str, dict[str, Any], list[str]]:
    """Type, parameters and warnings of an entry, in the reference's own spelling; `entry` is not changed."""
    warnings = [f"{at}.{name} is not known and left out" for name in entry if name not in {"type", "parameters"}]
    kind = str(entry.get("type") or "")
    kind = NAMES.get(kind, kind)
    given = entry.get("parameters")
    parameters = _present(given) if isinstance(given, dict) else {}
    _authentication(parameters)
    if isinstance(parameters.get("embedding_dependency"), dict):
        _authentication(parameters["embedding_dependency"])
    fields = parameters.get("fields_mapping")
    if isinstance(fields, dict):
        separator = fields.get("content_fields_separator")
        if isinstance(separator, str):
            fields["content_fields_separator"] = separator.replace("\\n", "\n").replace("\\t", "\t")
        if kind == "pinecone":
            fields.pop("vector_fields", None)
    if kind in ONE_QUERY:
        parameters.pop("query_type", None)
    return kind, parameters, warnings


def _present(value: Any) -> Any:
    """Without members that are null: they mean absent."""
    if isinstance(value, dict):
        return {name: _present(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_present(each) for each in value]
    return value


def _authentication(holder: dict[str, Any]) -> None:
    """`api_key` for `key`, inside the authentication or instead of it."""
    given = holder.get("authentication")
    if not isinstance(given, dict):
        key = holder.pop("key", None) or holder.pop("api_key", None)
        if isinstance(key, str):
            holder["authentication"] = {"type": "api_key", "key": key}
        return
    if "api_key" in given:
        given.setdefault("key", given.pop("api_key"))
        given.setdefault("type", "api_key")
    given.setdefault("type", "api_key" if "key" in given and "key_id" not in given else "key_and_key_id")
