"""The page of usage: charts by day and group, tables by person, group, deployment and purpose, and the same as CSV."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.admin.charts import Chart, Rows, columns, rows
from conversations.models import Company, usage
from conversations.models.periods import LABELS, Period, period
from conversations.models.usage import Figures, Line
from conversations.views import figures

BARS = 12  # groups in the chart; the table has all
SHOWN = 50  # people; the CSV has all
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def page(request: HttpRequest) -> HttpResponse:
    name, chosen = _chosen(request)
    currency = Company.current().currency
    found = {each.key: each.figures for each in usage.by(chosen, "day")}
    days = {day: found.get(day, Figures()) for day in chosen.days}
    people, groups = usage.by(chosen, "person"), usage.by(chosen, "group")
    tables = [
        ("person", _("By person"), _rows(people[:SHOWN], currency), len(people) > SHOWN),
        ("group", _("By group"), _rows(groups, currency), False),
        ("deployment", _("By deployment"), _rows(usage.by(chosen, "deployment"), currency), False),
        ("purpose", _("By purpose"), _rows(usage.by(chosen, "purpose"), currency), False),
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Usage"),
        "chosen": name,
        "period": chosen,
        "periods": LABELS.items(),
        "totals": _totals(list(days.values()), currency),
        "charts": _charts(days, currency),
        "bars": _bars(groups, currency),
        "days": _rows([Line(day, date_format(day, "DATE_FORMAT"), each) for day, each in days.items()], currency),
        "tables": tables,
        "unpriced": sum(each.unpriced for each in days.values()),
        "other_unpriced": sum(each.other_unpriced for each in days.values()),
    }
    return TemplateResponse(request, "admin/usage.html", context)


def table(request: HttpRequest, what: str) -> HttpResponse:
    """One table as CSV, with plain numbers; names that a spreadsheet would calculate are quoted."""
    name, chosen = _chosen(request)
    if what not in usage.KEYS:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # the mark tells Excel the encoding
    response["Content-Disposition"] = f'attachment; filename="usage-{what}-{chosen.first}-{chosen.last}.csv"'
    writer, currency = csv.writer(response), Company.current().currency
    writer.writerow(["key", what, "answers", "failed", "prompt_tokens", "cached_tokens", "completion_tokens", "cost"]
                    + ["currency", "median_first_token_ms", "other_calls", "other_prompt_tokens"]
                    + ["other_completion_tokens", "other_cost"])  # fmt: skip
    for line in usage.by(chosen, what):
        sums = line.figures
        writer.writerow([line.key, plain(line.label), sums.answers, sums.failed, sums.prompt, sums.cached]
                        + [sums.completion, exact(sums.cost), currency, sums.first_token_ms, sums.calls]
                        + [sums.other_prompt, sums.other_completion, exact(sums.other_cost)])  # fmt: skip
    return response


def exact(cost: Decimal | None) -> str:
    """All its digits, and no more; empty if nobody knows."""
    return "" if cost is None else f"{cost:.10f}".rstrip("0").rstrip(".")


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def _chosen(request: HttpRequest) -> tuple[str, Period]:
    if not request.user.has_perm("conversations.view_usage"):
        raise PermissionDenied
    name = request.GET.get("period", "30")
    try:
        return name, period(name)
    except KeyError as error:
        raise Http404 from error


def _rows(lines: list[Line], currency: str) -> list[tuple[str, list[str]]]:
    """Label and cells of each line; what nobody priced shows no cost."""
    return [
        (
            line.label or _("None"),
            [
                figures.whole(line.figures.answers),
                figures.whole(line.figures.failed),
                figures.whole(line.figures.calls),
                figures.whole(line.figures.prompt),
                figures.whole(line.figures.cached),
                figures.whole(line.figures.completion),
                figures.money(line.figures.cost, currency) or "–",
                figures.seconds(line.figures.first_token_ms) or "–",
            ],
        )
        for line in lines
    ]


def _totals(days: list[Figures], currency: str) -> list[tuple[str, str]]:
    answers, failed = sum(each.answers for each in days), sum(each.failed for each in days)
    costs = [each.cost for each in days if each.cost is not None]
    return [
        (_("Answers"), figures.whole(answers)),
        (_("Failed"), f"{figures.whole(failed)} ({figures.share(failed, answers)})"),
        (_("Tokens in"), figures.compact(sum(each.prompt for each in days))),
        (_("Tokens out"), figures.compact(sum(each.completion for each in days))),
        (_("Cost"), figures.money(sum(costs, Decimal(0)), currency) if costs else "–"),
    ]


def _bars(lines: list[Line], currency: str) -> Rows | None:
    """What groups cost, or how many tokens they used while nothing has a price; None while nobody is in one."""
    found = [line for line in lines if line.key is not None]
    if not found:
        return None
    if any(line.figures.cost is not None for line in found):
        costs = [(line.label, line.figures.cost or Decimal(0)) for line in found]
        most = sorted(costs, key=lambda each: -each[1])[:BARS]
        return rows("groups", _("Cost by group"), most, lambda cost: figures.money(cost, currency))
    used = [(line.label, line.figures.prompt + line.figures.completion) for line in found]
    return rows("groups", _("Tokens by group"), sorted(used, key=lambda each: -each[1])[:BARS], figures.compact)


def _charts(days: dict[date, Figures], currency: str) -> list[Chart]:
    each, dates = list(days.values()), list(days)

    def chart(name: str, title: str, series: dict[tuple[str, str], list[Any]], label: Any) -> Chart:
        sums = [sum(values) for values in zip(*series.values(), strict=True)]
        most = max(range(len(sums)), key=lambda at: sums[at])
        words = _("%(sum)s in all; most on %(day)s: %(most)s.") % {
            "sum": label(sum(sums)),
            "day": date_format(dates[most], "MONTH_DAY_FORMAT"),
            "most": label(sums[most]),
        }
        return columns(name, title, dates, series, summary=words, label=label)

    good = {("bar-main", _("Answered")): [day.answers - day.failed for day in each]}
    bad = {("bar-bad", _("Failed")): [day.failed for day in each]}
    into = {("bar-soft", _("Tokens in")): [day.prompt for day in each]}
    out = {("bar-main", _("Tokens out")): [day.completion for day in each]}
    charts = [
        chart("answers", _("Answers a day"), good | bad, figures.compact),
        chart("tokens", _("Tokens a day"), out | into, figures.compact),
    ]
    if any(day.cost is not None for day in each):
        costs = {("bar-main", _("Cost")): [float(day.cost or 0) for day in each]}
        charts.append(chart("cost", _("Cost a day, %(currency)s") % {"currency": currency}, costs, figures.compact))
    return charts
