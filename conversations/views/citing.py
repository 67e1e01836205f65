"""The sources of an answer as this person may see them: names, numbers, verdicts, passages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.grounding import numbered
from conversations.models import Citation, Evidence, Message, Reader, Verdict
from conversations.rendering import Cited, mentioned
from conversations.views import passages

WORDS = {
    Verdict.WEAK: gettext_lazy("weakly supported"),
    Verdict.NOT_FOUND: gettext_lazy("not found in the source"),
    Verdict.NOT_CHECKED: gettext_lazy("not checked"),
}


@dataclass(frozen=True)
class Allowed:
    """Which passages of some answers a person may read now; evidence outlives the right to read it."""

    passages: frozenset[int]
    share: str = ""  # the token by which they read answers that are somebody else's

    @classmethod
    def of(cls, reader: Reader, answers: Iterable[Message], share: str = "") -> "Allowed":
        found = Evidence.objects.for_reader(reader).filter(message__in=[each.pk for each in answers])
        # Of what is gone, its title stays with whom it was found for.
        gone = Q(source=None, collection=None)
        found = found.exclude(gone if share else gone & ~Q(message__owner=reader.user_id))
        return cls(frozenset(found.values_list("pk", flat=True)), share)

    def reads(self, evidence: Evidence) -> bool:
        return evidence.pk in self.passages

    def verdict(self, evidence: Evidence, said: str) -> str:
        """What was `said` of a citation; nothing to whoever never could read what it was compared with."""
        return said if self.reads(evidence) or not self.share else ""

    def address(self, answer: Message) -> str:
        """Where the sources of an answer are."""
        if self.share:
            return reverse("shared_sources", args=[self.share, answer.pk])
        return reverse("sources", args=[answer.conversation_id, answer.pk])


def gather(answers: Sequence[Message]) -> None:
    """Fetch what pages show of their evidence: what models were given, without its words, which the panel shows."""
    citations = Prefetch("citations", Citation.objects.defer("sentence"))
    given = Evidence.objects.filter(number__gt=0).defer("content", "queries").prefetch_related(citations)
    prefetch_related_objects(answers, Prefetch("evidence", given))


def cited(message: Message, allowed: Allowed) -> Cited | None:
    """What the renderer needs to draw the citations of this answer; None if it was given no documents."""
    given = [each for each in message.evidence.all() if each.number]
    if not given:
        return None
    mentions = sorted(((each, one) for one in given for each in one.citations.all()), key=lambda each: each[0].position)
    return Cited(
        address=allowed.address(message),
        names={each.number: name(each, allowed) for each in given},
        source=_("Source {number}: {name}"),
        verdicts=tuple(allowed.verdict(one, each.verdict) for each, one in mentions),
        otherwise="" if message.running else str(Verdict.NOT_CHECKED.value),  # it was stopped, or broke off
        words=tuple((verdict.value, str(words)) for verdict, words in WORDS.items()),
    )


def sources(message: Message, text: str, allowed: Allowed) -> list[dict[str, Any]]:
    """The sources that the text cites, numbered as on the page."""
    given = {each.number: each for each in message.evidence.all() if each.number}
    order = [number for number in dict.fromkeys(mentioned(text)) if number in given] if given else []
    return [source(given[number], at, allowed) for at, number in enumerate(order, 1)]


def source(evidence: Evidence, label: int, allowed: Allowed) -> dict[str, Any]:
    """One source as templates list it; without its title and place for whoever may not read it any more."""
    reads = allowed.reads(evidence)
    return {
        "id": evidence.pk,
        "label": label,
        "name": name(evidence, allowed),
        "title": title(evidence) if reads else "",
        "source": evidence.source_name if reads else "",
        "heading": evidence.heading if reads else "",
        "page": evidence.page if reads else None,
        "readable": reads and not evidence.purged,
        "purged": reads and evidence.purged,
        "link": link(evidence) if reads else None,
        "verdict": allowed.verdict(evidence, worst(list(evidence.citations.all())) or str(Verdict.NOT_CHECKED.value)),
        "url": f"{allowed.address(evidence.message)}{label}/",
    }


def kept(message: Message, allowed: Allowed) -> str:
    """An answer as text that is taken elsewhere: `[1]` for each citation, and below what they are."""
    found = sources(message, message.text, allowed)
    if not found:
        return message.text
    text = relabelled(message, found)
    lines = [f"- [{each['label']}] {' '.join(_whole(each).split())}" for each in found]
    return "\n".join([f"{text.rstrip()}\n\n{_('Sources')}:\n", *lines])


def relabelled(message: Message, found: list[dict[str, Any]]) -> str:
    """The text with the numbers of `found`, its sources."""
    numbers = {each.pk: each.number for each in message.evidence.all()}
    return numbered(message.text, {numbers[each["id"]]: each["label"] for each in found})


def _whole(source: dict[str, Any]) -> str:
    """Name and address of a source in one line."""
    return f"{source['name']}, {source['link']['url']}" if source["link"] else str(source["name"])


def name(evidence: Evidence, allowed: Allowed) -> str:
    """What stands after “Source 1: ”."""
    if not allowed.reads(evidence):
        return _("a source that you may not read") if allowed.share else _("a source that you may no longer read")
    place = _("page %(page)s") % {"page": evidence.page} if evidence.page else ""
    return ", ".join(each for each in (title(evidence), place) if each)


def title(evidence: Evidence) -> str:
    return evidence.title or evidence.filepath or evidence.url or evidence.source_name


def link(evidence: Evidence) -> dict[str, str] | None:
    """Where the document is, if that is a web address."""
    parts = urlsplit(evidence.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return {"url": evidence.url, "host": parts.hostname}


def parts(evidence: Evidence) -> list[dict[str, Any]]:
    """The passage with what the answer rests on marked."""
    spans = [(c.start, c.end) for c in evidence.citations.all() if c.start is not None and c.end is not None]
    return passages.parts(evidence.content, spans)


def worst(citations: list[Citation]) -> str:
    """The verdict to show for a source that several sentences cite: the one that asks for a look."""
    order = [Verdict.NOT_FOUND, Verdict.WEAK, Verdict.NOT_CHECKED, Verdict.SUPPORTED]
    return next((str(verdict) for verdict in order if any(each.verdict == verdict for each in citations)), "")
