"""Chat completions as Azure AI model inference has them (2024-05-01-preview): other errors, the same road."""

from typing import Any

from channels.db import database_sync_to_async
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from conversations.api import parameters
from conversations.api.chat import answered
from conversations.api.door import ApiRequest, door
from conversations.api.errors import ApiError
from conversations.api.models import find_deployment
from conversations.completions.endpoints import AzureInference, Range
from conversations.models import Deployment, Operation, Reader

KNOWN = {"messages", "model", *AzureInference.parameters}
EXTRA = ("error", "drop", "pass-through")
NOBODY = "There is no deployment that this key may ask."


def _failed(error: ApiError) -> HttpResponse:
    """In this API's shape, and its code in a header."""
    code = error.code or error.type
    said: dict[str, Any] = {"code": code, "message": str(error)}
    if error.param is not None:
        said["target"] = error.param
    if error.inner is not None:
        said["innererror"] = error.inner
    headers = {**error.headers, "x-ms-error-code": code}
    return JsonResponse({"error": said}, status=error.status, headers=headers)


@door(Operation.CHAT, failed=_failed)
async def inference(request: ApiRequest) -> HttpResponseBase:
    """`model` names the deployment; without it the one is asked that a new chat would begin with."""
    if not request.GET.get("api-version"):
        parameters.wrong("api-version", "is missing.", code="missing_required_parameter")
    data = _known(request)
    _ranges(data)
    if data.get("stream"):
        data["stream_options"] = {"include_usage": True}  # here the last event always says what it took
    reader = request.key.reader()
    asked = parameters.read(data)
    found = await find_deployment(reader, asked.model) if asked.model else await _default(reader)
    return await answered(asked, data, found, request.key)


def _known(request: ApiRequest) -> dict[str, Any]:
    """The parameters that this API lists, and others as the header `extra-parameters` says."""
    wanted = request.headers.get("extra-parameters", "").strip().lower() or EXTRA[0]
    if wanted not in EXTRA:
        parameters.wrong("extra-parameters", f"must be one of {', '.join(EXTRA)}.")
    extra = request.data.keys() - KNOWN
    if extra and wanted == "error":
        words = "is no parameter of this API. The header “extra-parameters” can let it pass (pass-through) or drop it."
        parameters.wrong(min(extra), words, code="unknown_parameter")
    return {name: value for name, value in request.data.items() if wanted == "pass-through" or name not in extra}


def _ranges(data: dict[str, Any]) -> None:
    """Those that are narrower here than elsewhere; types are looked at with all the others."""
    for name, limits in AzureInference.parameters.items():
        value = data.get(name)
        if not isinstance(limits, Range) or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if not limits.low <= value <= limits.high:
            parameters.wrong(name, f"must be from {limits.low:,} to {limits.high:,}.")
    if isinstance(data.get("stop"), str):
        parameters.wrong("stop", "must be a list of texts.", code="invalid_type")
    modalities = data.get("modalities")
    if isinstance(modalities, list) and not (modalities and all(each in parameters.MODALITIES for each in modalities)):
        raise ApiError(422, "“modalities” may be text, audio or both.", param="modalities", code="invalid_value")


async def _default(reader: Reader) -> Deployment:
    found = await database_sync_to_async(Deployment.objects.for_reader(reader).first)()
    if found is None:
        raise ApiError(404, NOBODY, param="model", code="model_not_found")
    return found
