"""Running answers of people who were suspended or lost a grant end, in whichever process they are written."""

from conversations.models import Attempt, DataSource, Deployment, Evidence, Message


def revoke() -> int:
    """Ask those answers to stop that would not be begun any more; how many. What came stays. Call it after a commit."""
    ended = 0
    for message in Message.objects.running().filter(stop_requested=False).select_related("owner"):
        attempt = message.attempts.order_by("-number").first()
        if attempt is not None and not _allowed(attempt, message):
            message.request_stop()
            ended += 1
    return ended


def _allowed(attempt: Attempt, message: Message) -> bool:
    """May its owner still ask its sources and deployment, and read all that it was given to read?"""
    reader = message.owner.reader()
    asked = set(attempt.sources.values_list("pk", flat=True))
    mine = DataSource.objects.for_reader(reader).filter(pk__in=asked).values_list("pk", flat=True)
    lost = message.evidence.exclude(pk__in=Evidence.objects.for_reader(reader).filter(message=message).values("pk"))
    return asked == set(mine) and not lost.exists() and attempt.deployment in Deployment.objects.for_reader(reader)


__all__ = ["revoke"]
