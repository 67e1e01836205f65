"""Addresses of what is passed on as it comes, in the two forms that clients build, and of model inference."""

from django.urls import path

from conversations.api import audio, inference, passed

VIEWS = {
    "completions": passed.completions,
    "audio/speech": passed.speech,
    "images/generations": passed.images,
    "audio/transcriptions": audio.transcriptions,
    "audio/translations": audio.translations,
}


def _name(operation: str) -> str:
    return {"audio/speech": "speech", "images/generations": "images"}.get(operation, operation.rpartition("/")[2])


urlpatterns = [
    path("chat/completions", inference.inference, name="api_inference"),
    *(
        path(f"openai/deployments/<str:deployment>/{operation}", view, name=f"api_azure_{_name(operation)}")
        for operation, view in VIEWS.items()
    ),
    *(
        path(f"{base}/{operation}", view, name=f"api_{_name(operation)}")
        for base in ("openai/v1", "v1")
        for operation, view in VIEWS.items()
    ),
]
