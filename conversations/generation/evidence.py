"""What an answer was given to read and what it cites, written down with it: the database's side of grounding."""

import logging
from typing import Any
from uuid import UUID

from django.db import transaction

from conversations.answering import Passage, check_words
from conversations.grounding import Check
from conversations.models import Badge, Citation, Document, Evidence, Message, Reader
from conversations.rendering import mentioned

log = logging.getLogger(__name__)

MOST = 100  # passages of an answer that are kept
SHOWN = 300  # characters of a passage that the model was not given: enough to recognise it


def keep(message: UUID, passages: list[Passage]) -> None:
    """Freeze the passages; those of an earlier try of the same answer are replaced."""
    with transaction.atomic():
        Evidence.objects.filter(message=message).delete()
        Badge.objects.filter(message=message).delete()
        _freeze(message, passages)


def _freeze(message: UUID, passages: list[Passage]) -> None:
    own = [int(each.document) for each in passages if each.document]
    collections = {str(pk): at for pk, at in Document.objects.filter(pk__in=own).values_list("pk", "collection")}

    def words(each: Passage) -> dict[str, Any]:
        """None of a document of ours that was erased since it was found: nobody would take them out any more."""
        if each.document and each.document not in collections:
            return {"purged": True}
        return {"heading": each.heading, "content": each.content if each.number else each.content[:SHOWN]}

    Evidence.objects.bulk_create(
        Evidence(
            message_id=message,
            position=at,
            number=each.number,
            source_id=each.source,
            source_name=each.source_name[:80],
            document=each.document,
            collection_id=collections.get(each.document),
            version=each.version,
            filtered=bool(each.badges),
            title=each.title,
            url=each.url,
            filepath=each.filepath,
            chunk_id=each.chunk_id,
            page=each.page,
            queries=each.queries,
            original_search_score=each.original_search_score,
            rerank_score=each.rerank_score,
            filter_reason=each.filter_reason,
            **words(each),
        )
        for at, each in enumerate(passages[:MOST])
    )
    badges = {badge for each in passages for badge in each.badges}
    Badge.objects.bulk_create(Badge(message_id=message, external_id=badge) for badge in sorted(badges))


def given(message: UUID, reader: Reader) -> list[Passage]:
    """What the model was given for this answer, by number; without the words that the reader may not read any more."""
    rows = Evidence.objects.filter(message=message, number__gt=0)
    read = set(rows.for_reader(reader).filter(purged=False).values_list("pk", flat=True))
    return [_passage(each) if each.pk in read else _blank(each) for each in rows.order_by("number")]


def _passage(row: Evidence) -> Passage:
    return Passage(
        number=row.number,
        source=row.source_id,
        source_name=row.source_name,
        content=row.content,
        title=row.title,
        page=row.page,
        heading=row.heading,
    )


def _blank(row: Evidence) -> Passage:
    """In the place of a passage: those after it keep their numbers."""
    return Passage(number=row.number, source=None, source_name="", content="")


def check(message: Message) -> None:
    """Check what an answer cites whose process died before it could."""
    passages = [_passage(each) for each in Evidence.objects.filter(message=message, number__gt=0)]
    try:
        checks = check_words(message.text, passages) if passages else []
    except Exception:  # it stays unchecked, and is shown so: nobody's page may fail because of it
        log.exception("The citations of answer %s could not be checked", message.pk)
        return
    if checks:
        cite(message.pk, message.text, checks)


@transaction.atomic
def cite(message: UUID, text: str, checks: list[Check]) -> None:
    """Write down what each mention in the text rests on.

    The page counts the mentions that can be seen; one that the check knows and the page does not has no row.
    """
    # Locked: a process that comes back may be here while another one looks after what it left.
    given = {each.number: each for each in Evidence.objects.select_for_update().filter(message=message, number__gt=0)}
    Citation.objects.filter(evidence__message=message).delete()
    seen = [number for number in mentioned(text) if number in given]
    labels = {number: at for at, number in enumerate(dict.fromkeys(seen), 1)}
    waiting = list(checks)
    rows = []
    for position, number in enumerate(seen):
        found = next((each for each in waiting if each.number == number), None)
        if found is None:
            continue
        waiting.remove(found)
        rows.append(
            Citation(
                evidence=given[number],
                position=position,
                label=labels[number],
                sentence=found.sentence,
                verdict=found.verdict,
                start=found.start,
                end=found.end,
            )
        )
    Citation.objects.bulk_create(rows)
