"""`manage.py ingest <collection> <paths…>`: put files and folders into a collection, and wait until they are found."""

import asyncio
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conversations.models import AuditEntry, Collection, Document, Stage
from conversations.models.document import WAITING
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from conversations.retrieval.ingest.parsing import kinds
from conversations.retrieval.ingest.parsing.blocks import Unreadable

WIDTH = 30  # characters of the bar


class Command(BaseCommand):
    help = "Put files and folders into a collection (made if it is new); unchanged files are skipped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("collection")
        parser.add_argument("paths", nargs="+", type=Path)

    def handle(self, *args: Any, collection: str, paths: list[Path], **options: Any) -> None:
        files = [file for path in paths for file in self._files(path)]
        kept = Collection.objects.filter(name=collection, conversation=None, deleted=None).first()
        kept = kept or self._made(collection)
        waiting, failed = [], 0
        for file in files:
            try:
                with transaction.atomic():
                    added = add(kept, file.name, file.read_bytes(), None)
                    if added.fate != "unchanged":
                        AuditEntry.write("document.upload", added.document, note=f"{added.fate}, manage.py ingest")
            except (Unreadable, OSError) as error:
                failed += 1
                self.stderr.write(f"{file}: {error}")
                continue
            if added.fate == "unchanged":
                self.stdout.write(f"{file}: unchanged")
            else:
                waiting.append(added.document.pk)
        asyncio.run(self._wait(waiting))
        for each in Document.objects.filter(pk__in=waiting):
            failed += each.state != Stage.READY
            self.stdout.write(f"{each.filename}: {each.state} {each.reason or f'({each.chunks_count} passages)'}")
        if failed:
            raise CommandError(f"{failed} of {len(files)} could not be read.")

    @transaction.atomic
    def _made(self, name: str) -> Collection:
        made = Collection.objects.create(name=name)
        AuditEntry.write("collection.add", made, note="manage.py ingest")
        return made

    def _files(self, path: Path) -> list[Path]:
        """A file as it is; of a folder, those of kinds that are read."""
        if path.is_dir():
            return sorted(each for each in path.rglob("*") if each.is_file() and kinds.of(each.name))
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        return [path]

    async def _wait(self, waiting: list[int]) -> None:
        """Read what is queued, unless the server does, and draw how far it has got."""
        drawing = asyncio.create_task(self._draw(waiting))
        while not drawing.done():
            await runner.run_out()
            await asyncio.wait([drawing], timeout=1)
            await database_sync_to_async(Document.objects.sweep)()

    async def _draw(self, waiting: list[int]) -> None:
        left = Document.objects.filter(pk__in=waiting, state__in=WAITING)
        done = 0
        while waiting and done < len(waiting):
            done = len(waiting) - await left.acount()
            filled = WIDTH * done // len(waiting)
            self.stdout.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{len(waiting)}", ending="")
            self.stdout.flush()
            await asyncio.sleep(0.1)
        self.stdout.write("")
