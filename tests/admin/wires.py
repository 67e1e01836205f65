"""`data_sources` in the seven shapes that the wire's reference gives as examples, with values of our own."""

import json

QUESTION = {"role": "user", "content": "How many weeks of leave are there?"}
BY_NAME = {"type": "deployment_name", "deployment_name": "text-embedding-of-theirs"}
MAPPED = {"content_fields": ["content"], "vector_fields": ["contentvector"]}
SEARCH = {"endpoint": "https://handbook.search.windows.net/", "index_name": "leave"}
IDENTITY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
KEY = "canary-key"

ENTRIES = {
    "azure_search by identity": (
        "azure_search",
        {**SEARCH, "authentication": {"type": "system_assigned_managed_identity"}},
    ),
    "azure_search by image": (
        "azure_search",
        {
            **SEARCH,
            "query_type": "vector",
            "fields_mapping": {"image_vector_fields": ["image_vector"]},
            "authentication": {"type": "api_key", "key": KEY},
        },
    ),
    "azure_search by vector": (
        "azure_search",
        {
            **SEARCH,
            "authentication": {
                "type": "user_assigned_managed_identity",
                "managed_identity_resource_id": IDENTITY,
            },
            "query_type": "vector",
            "embedding_dependency": BY_NAME,
            "in_scope": True,
            "top_n_documents": 5,
            "strictness": 3,
            "role_information": "You help people.",
            "fields_mapping": {
                **MAPPED,
                "content_fields_separator": "\\n",
                "filepath_field": "filepath",
                "title_field": "title",
                "url_field": "url",
            },
        },
    ),
    "azure_cosmos_db": (
        "azure_cosmos_db",
        {
            "authentication": {
                "type": "connection_string",
                "connection_string": f"mongodb+srv://reader:{KEY}@c.mongocluster.cosmos.azure.com/?tls=true",
            },
            "database_name": "company",
            "container_name": "handbook",
            "index_name": "by-vector",
            "embedding_dependency": BY_NAME,
            "fields_mapping": MAPPED,
        },
    ),
    "mongo_db": (
        "mongo_db",
        {
            "authentication": {"type": "username_and_password", "username": "reader", "password": KEY},
            "endpoint": "cluster.mongodb.net",
            "app_name": "handbook",
            "database_name": "company",
            "collection_name": "handbook",
            "index_name": "by-vector",
            "embedding_dependency": BY_NAME,
            "fields_mapping": MAPPED,
        },
    ),
    "elasticsearch": (
        "elasticsearch",
        {
            "endpoint": "https://elastic.test",
            "index_name": "handbook",
            "authentication": {"type": "key_and_key_id", "key": KEY, "key_id": "reader"},
        },
    ),
    "pinecone": (
        "pinecone",
        {
            "authentication": {"type": "api_key", "key": KEY},
            "environment": "us-east-1",
            "index_name": "handbook",
            "embedding_dependency": BY_NAME,
            "fields_mapping": {
                "title_field": "title",
                "url_field": "url",
                "filepath_field": "filepath",
                "content_fields": ["content"],
                "content_fields_separator": "\n",
            },
        },
    ),
}


def entry(name, **parameters):
    kind, given = ENTRIES[name]
    return {"type": kind, "parameters": {**given, **parameters}}


def body(*entries):
    """A whole request."""
    return json.dumps({"messages": [QUESTION], "data_sources": list(entries)})
