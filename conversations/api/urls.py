"""Addresses of the served API: Azure's, with the deployment in the path, and OpenAI's, with a model in the body."""

from django.urls import path, re_path

from conversations.api import chat, embeddings, models, nothing
from conversations.api.urls_passed import urlpatterns as passed

V1 = ("openai/v1", "v1")  # Azure's and OpenAI's own; the same views behind both

OF_A_DEPLOYMENT = "openai/deployments/<str:deployment>"

urlpatterns = [
    path(f"{OF_A_DEPLOYMENT}/chat/completions", chat.chat, name="api_azure_chat"),
    path(f"{OF_A_DEPLOYMENT}/embeddings", embeddings.embeddings, name="api_azure_embeddings"),
    *(path(f"{base}/chat/completions", chat.chat, name="api_chat") for base in V1),
    *(path(f"{base}/embeddings", embeddings.embeddings, name="api_embeddings") for base in V1),
    path("openai/models", models.models, name="api_azure_models"),
    path("openai/models/<str:name>", models.model, name="api_azure_model"),
    *(path(f"{base}/models", models.models, name="api_models") for base in V1),
    *(path(f"{base}/models/<str:name>", models.model, name="api_model") for base in V1),
    *passed,
    re_path(
        r"^(?:openai|v1|chat)(?:/|$)", nothing.nothing, name="api_nothing"
    ),  # the last: unknown addresses below these
]
