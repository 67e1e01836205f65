"""Golden questions: what a data source must be able to answer, and how it did each time it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.data_source import DataSource

LOST_AFTER = timedelta(seconds=20)
LOST = "lost"  # why a run came to no end: its process did


class GoldenQuestion(models.Model):
    """A question, and the document that answers it."""

    source = models.ForeignKey(DataSource, models.CASCADE, related_name="golden_questions")
    question = models.TextField(_("question"))
    document = models.CharField(
        _("document"),
        max_length=300,
        blank=True,
        help_text=_("Its title, file name or address. Empty: nothing there answers this, and saying so is right."),
    )
    page = models.PositiveIntegerField(_("page"), null=True, blank=True, help_text=_("If it must be that one."))

    class Meta:
        verbose_name = _("golden question")
        verbose_name_plural = _("golden questions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question[:80]

    def wants(self, document: Sequence[str], page: int | None) -> bool:
        """Is a passage of `document` (what it is called: title, path, address) and `page` what was expected?"""
        names = {each.casefold() for called in document for each in (called, called.rpartition("/")[2]) if each}
        return self.document.strip().casefold() in names and self.page in {None, page}


@dataclass(frozen=True)
class Outcome:
    """What came of one question. `place`: of the expected document among those the model read, from 1; 0: not there.

    `cited` mentions were in the answer, `right` of them lead to the expected document, which says so.
    """

    question: str
    document: str
    place: int = 0
    cited: int = 0
    right: int = 0
    error: str = ""

    @property
    def fine(self) -> bool:
        if self.error:
            return False
        return bool(self.place and self.right and self.right == self.cited) if self.document else not self.cited


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def whole(self) -> Self:
        """Those that came to their end, so that others can be compared with them."""
        return self.filter(failed="").exclude(ended=None)

    def sweep(self) -> int:
        """End those that a dead process left; how many that were."""
        return self.filter(ended=None, beat_at__lt=Now() - LOST_AFTER).update(ended=Now(), failed=LOST)


class Evaluation(models.Model):
    """One run of a source's golden questions. Shares are from 0 to 1, or None of nothing.

    While it runs, `beat_at` (the database's clock) says when its process was last alive.
    """

    source = models.ForeignKey(DataSource, models.CASCADE, related_name="evaluations")
    deployment = models.CharField(max_length=200)
    documents = models.PositiveSmallIntegerField(help_text="top_n_documents: the k of recall@k.")
    questions = models.PositiveIntegerField(default=0, help_text="How many there are to be asked.")
    outcomes = models.JSONField(default=list)
    failed = models.CharField(max_length=40, blank=True, help_text="Why it came to no end.")
    beat_at = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)
    started = models.DateTimeField(auto_now_add=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-started", "-pk"]
        constraints = [
            models.UniqueConstraint("source", condition=models.Q(ended=None), name="evaluation_running"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.started:%Y-%m-%d %H:%M}"

    @property
    def running(self) -> bool:
        return self.ended is None

    def beat(self, **facts: Any) -> None:
        """Say that its process is alive, and how far it has got."""
        Evaluation.objects.filter(pk=self.pk, ended=None).update(beat_at=Now(), **facts)

    def end(self, outcomes: "Sequence[Outcome]", failed: str = "") -> None:
        """One that was swept meanwhile, since its process slept, has come to its end after all."""
        facts = {"outcomes": [vars(each) for each in outcomes], "failed": failed}
        Evaluation.objects.filter(pk=self.pk).update(ended=Now(), **facts)
        self.refresh_from_db()

    @property
    def told(self) -> list[Outcome]:
        return [Outcome(**each) for each in self.outcomes]

    @property
    def shares(self) -> dict[str, float | None]:
        """recall: the document was read · citations: they lead there and it says so · answered: not refused in vain ·
        refused: said not to be there, rightly · failed: no answer at all."""
        told = self.told
        answered = [each for each in told if not each.error]
        known = [each for each in answered if each.document]
        return {
            "recall": _share(sum(1 for each in known if each.place), len(known)),
            "citations": _share(sum(each.right for each in known), sum(each.cited for each in known)),
            "answered": _share(sum(1 for each in known if each.cited), len(known)),
            "refused": _share(
                sum(1 for each in answered if not each.document and not each.cited), len(answered) - len(known)
            ),
            "failed": _share(len(told) - len(answered), len(told)),
        }

    @property
    def before(self) -> "Evaluation | None":
        """The run before this one."""
        older = Evaluation.objects.whole().filter(source=self.source_id, started__lte=self.started, pk__lt=self.pk)
        return older.first()

    def changes(self) -> dict[str, float | None]:
        """By how much each share differs from the run before."""
        last: dict[str, Any] = self.before.shares if self.before else {}
        return {
            name: share - last[name] if share is not None and last.get(name) is not None else None
            for name, share in self.shares.items()
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
