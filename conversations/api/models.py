"""The deployments that a key may ask, as the models that clients list."""

from typing import Any

from channels.db import database_sync_to_async
from django.http import HttpResponse, JsonResponse

from conversations.api.door import ApiRequest, door
from conversations.api.errors import unknown_deployment
from conversations.models import Deployment, Reader


@door(None, methods=("GET", "HEAD"))
async def models(request: ApiRequest) -> HttpResponse:
    found = await database_sync_to_async(_all)(request.key.reader())
    return JsonResponse({"object": "list", "data": [_shape(each) for each in found]})


@door(None, methods=("GET", "HEAD"))
async def model(request: ApiRequest, name: str) -> HttpResponse:
    return JsonResponse(_shape(await find_deployment(request.key.reader(), name)))


async def find_deployment(reader: Reader, name: str, *, model: bool = True) -> Deployment:
    """The deployment of this name that `reader` may ask; raises ApiError (404). `model`: it was named in the body."""
    found = await database_sync_to_async(Deployment.objects.for_reader(reader).filter(name=name).first)()
    if found is None:
        raise unknown_deployment(name, model=model)
    return found


def _all(reader: Reader) -> list[Deployment]:
    return list(Deployment.objects.for_reader(reader))


def _shape(deployment: Deployment) -> dict[str, Any]:
    """`created` is a number that clients expect; when a deployment was set up is not kept."""
    return {"id": deployment.name, "object": "model", "created": 0, "owned_by": "organization"}
