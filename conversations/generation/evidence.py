"""What an answer was given to read and what it cites, written down with it: the database's side of grounding."""

from uuid import UUID

from conversations.answering import Mention, Passage
from conversations.models import Citation, Evidence
from conversations.rendering import mentioned

MOST = 100  # passages of an answer that are kept
SHOWN = 300  # characters of a passage that the model was not given: enough to recognise it


def keep(message: UUID, passages: list[Passage]) -> None:
    """Freeze the passages; those of an earlier try of the same answer are replaced."""
    Evidence.objects.filter(message=message).delete()
    Evidence.objects.bulk_create(
        Evidence(
            message_id=message,
            position=at,
            number=each.number,
            source_id=each.source,
            source_name=each.source_name[:80],
            document=each.document,
            version=each.version,
            title=each.title,
            url=each.url,
            filepath=each.filepath,
            chunk_id=each.chunk_id,
            page=each.page,
            heading=each.heading,
            content=each.content if each.number else each.content[:SHOWN],
            queries=each.queries,
            original_search_score=each.original_search_score,
            rerank_score=each.rerank_score,
            filter_reason=each.filter_reason,
        )
        for at, each in enumerate(passages[:MOST])
    )


def given(message: UUID) -> list[Passage]:
    """What the model was given for this answer, by number."""
    return [
        Passage(
            number=each.number,
            source=each.source_id,
            source_name=each.source_name,
            content=each.content,
            title=each.title,
            page=each.page,
            heading=each.heading,
        )
        for each in Evidence.objects.filter(message=message, number__gt=0, purged=False).order_by("number")
    ]


def cite(message: UUID, text: str, mentions: list[Mention]) -> None:
    """Write down what each mention in the text rests on.

    The page counts the mentions that can be seen; one that the check knows and the page does not has no row.
    """
    given = {each.number: each for each in Evidence.objects.filter(message=message, number__gt=0)}
    Citation.objects.filter(evidence__message=message).delete()
    seen = [number for number in mentioned(text) if number in given]
    labels = {number: at for at, number in enumerate(dict.fromkeys(seen), 1)}
    waiting = list(mentions)
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
