"""Everything of a person as one zip file, made while it is sent: a conversation or a piece of a file at a time."""

import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.utils import translation
from django.utils.text import slugify
from django.utils.timezone import localtime

from conversations.models import Assistant, AuditEntry, Conversation, Document, Feedback, Prompt, User, attached
from conversations.views import exporting

PIECE = 1 << 18  # bytes


class _Out:
    """What the zip writes, until it is taken; it cannot be searched, so nothing has to be kept."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    close = flush

    def taken(self) -> bytes:
        found, self.pieces = b"".join(self.pieces), []
        return found


async def stream(person: User, language: str) -> AsyncIterator[bytes]:
    """The zip in pieces. Each is made in a thread of its own, so that nobody waits for it."""
    pieces = parts(person, language)
    while (piece := await database_sync_to_async(next, thread_sensitive=False)(pieces, None)) is not None:
        yield piece


def parts(person: User, language: str) -> Iterator[bytes]:
    """No cursor stays open between two pieces: they may be made in different threads."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _records(person):
            archive.writestr(name, _json(rows))
            yield out.taken()
        mine = Conversation.objects.for_user(person).listed().order_by("created")
        for pk in list(mine.values_list("pk", flat=True)):
            found = mine.filter(pk=pk).first()
            if found is None:  # deleted meanwhile
                continue
            title = slugify(found.title, allow_unicode=True)[:60] or "conversation"
            folder = f"conversations/{found.created:%Y-%m-%d}-{title}-{pk.hex[:8]}"
            with translation.override(language):
                archive.writestr(f"{folder}.md", exporting.as_markdown(found))
            archive.writestr(f"{folder}.json", _json(exporting.as_json(found)))
            yield out.taken()
            for document in attached.files(found):
                for _ in _file(archive, document, folder):
                    yield out.taken()
    yield out.taken()


def _records(person: User) -> Iterator[tuple[str, Any]]:
    names = ("username", "first_name", "last_name", "email", "language", "theme", "time_zone")
    joined = person.date_joined.isoformat()
    groups = list(person.groups.values_list("name", flat=True))
    yield "account.json", {**{name: getattr(person, name) for name in names}, "joined": joined, "groups": groups}
    yield (
        "prompts.json",
        [{"name": each.name, "versions": _versions(each)} for each in Prompt.objects.filter(owner=person)],
    )
    kept = ("name", "description", "parameters", "starters")
    made = [
        {name: getattr(each, name) for name in kept} | {"versions": _versions(each.prompt)}
        for each in Assistant.objects.of(person).select_related("prompt")
    ]
    yield "assistants.json", made
    given = Feedback.objects.filter(message__owner=person).order_by("given")
    yield "feedback.json", list(given.values("message_id", "given", "good", "reason", "comment"))
    acts = AuditEntry.objects.filter(person_id=person.pk).order_by("number")
    yield "audit.json", list(acts.values("at", "verb", "type", "title", "changes", "note", "address"))


def _versions(prompt: Prompt) -> list[Any]:
    return list(prompt.versions.order_by("number").values("number", "text"))


def _file(archive: zipfile.ZipFile, document: Document, folder: str) -> Iterator[None]:
    """Put the file in, and stop after every piece of it; one that is lost is said to be."""
    name = f"{folder}/{document.pk}-{document.filename}"
    path: Path = document.path
    try:
        source = path.open("rb")
    except OSError:
        archive.writestr(f"{name}.missing.txt", "The file is no longer there.")
        yield
        return
    entry = zipfile.ZipInfo(name, localtime(document.created).timetuple()[:6])  # else it would be of 1980
    entry.compress_type = zipfile.ZIP_DEFLATED
    with source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
