"""Is the process alive, and could it serve? For load balancers and containers."""

from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return HttpResponse("ok", content_type="text/plain")


def missing() -> list[str]:
    """Names of what cannot be used now: the database with its tables, the layer between processes."""
    found = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM conversations_message LIMIT 1")
    except DatabaseError:
        found.append("database")
    if get_channel_layer() is None:
        found.append("layer")
    return found


def readyz(request: HttpRequest) -> JsonResponse:
    """503 with the names of what is missing, until the database and its tables can be used."""
    names = missing()
    return JsonResponse({"ready": not names, "missing": names}, status=503 if names else 200)
