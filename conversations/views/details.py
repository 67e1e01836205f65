"""What came with an answer beside its text, in words: filter results, tool calls, what is left of limits."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.completions.draft import badness
from conversations.models import Attempt
from conversations.rendering import Labels, json_block, link


def beside(attempt: Attempt | None, words: Labels) -> dict[str, Any]:
    """What the templates show of it; empty of an answer that was never tried or is still being written.

    `judged`: what filters found, for the question and for the answer; `filtered`: which of it was the end of it.
    """
    if attempt is None:
        return {"calls": [], "judged": [], "filtered": [], "limits": [], "refused": False}
    questions = [each for each in attempt.prompt_filters.values() if isinstance(each, dict)]
    both = [(_("Question"), questions), (_("Answer"), [attempt.filters])]
    refused = attempt.error == "content_filter"
    return {
        "calls": [_call(each, words) for each in attempt.tool_calls],
        "judged": [(where, _findings(said)) for where, said in both if any(said)],
        "filtered": _filtered(questions if refused and questions else [attempt.filters]),
        "limits": _limits(attempt.rate_limits),
        "refused": bool(attempt.refusal),
    }


def of_these(attempts: list[Attempt]) -> str:
    """Which of their tokens were special, in words."""
    parts = [
        ("prompt_tokens_details", "cached_tokens", _("%(count)s from the cache")),
        ("completion_tokens_details", "reasoning_tokens", _("%(count)s for thinking")),
        ("prompt_tokens_details", "audio_tokens", _("%(count)s heard")),
        ("completion_tokens_details", "audio_tokens", _("%(count)s spoken")),
        ("completion_tokens_details", "accepted_prediction_tokens", _("%(count)s as predicted")),
        ("completion_tokens_details", "rejected_prediction_tokens", _("%(count)s predicted in vain")),
    ]
    counted = [(sum(_tokens(each.usage, *path) for each in attempts), words) for *path, words in parts]
    return ", ".join(words % {"count": number_format(count, force_grouping=True)} for count, words in counted if count)


def _tokens(usage: dict[str, Any], group: str, name: str) -> int:
    members = usage.get(group)
    count = members.get(name) if isinstance(members, dict) else 0
    return count if type(count) is int and count > 0 else 0


def _call(call: dict[str, Any], words: Labels) -> dict[str, str]:
    """Its name and, as a block of code, its arguments."""
    function = call["function"]
    arguments = function["arguments"].strip()
    name = function["name"] or _("a tool")
    return {"name": name, "html": json_block(arguments, words) if arguments not in ("", "{}") else ""}


def _limits(headers: dict[str, str]) -> list[tuple[str, str]]:
    """How many requests and tokens the deployment still takes, as it said when it answered."""
    rows = []
    for kind, label in (("requests", _("Requests left")), ("tokens", _("Tokens left"))):
        left, limit, reset = (headers.get(f"x-ratelimit-{name}-{kind}", "") for name in ("remaining", "limit", "reset"))
        if not left:
            continue
        words = _("%(left)s of %(limit)s") if limit else "%(left)s"
        value = words % {"left": _number(left), "limit": _number(limit)}
        if reset:
            reset = _("%(seconds)s s") % {"seconds": reset} if reset.isdecimal() else reset
            value = _("%(left)s, all again in %(time)s") % {"left": value, "time": reset}
        rows.append((label, value))
    return rows


def _number(said: str) -> str:
    return number_format(int(said), force_grouping=True) if said.isascii() and said.isdecimal() else said


def _findings(said: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Categories in which something was found, each with words and perhaps a link (safe HTML)."""
    found = []
    for name, result in _each(said):
        if words := _found(name, result):
            found.append({"name": _category(name), "words": ", ".join(words), "link": _source(result)})
    return found


def _filtered(said: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(_category(name) for name, result in _each(said) if badness(result)[0]))


def _each(said: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    order = list(_categories())
    pairs = [(name, result) for results in said for name, result in results.items()]
    return sorted(pairs, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _found(name: str, result: Any) -> list[str]:
    """What a filter said of a category, if it found something or could not look."""
    if name == "error" or (isinstance(result, dict) and result.get("error")):
        return [_("this filter could not run")]
    filtered, detected, severity = badness(result)
    levels = (_("safe"), _("very low severity"), _("low severity"), _("medium severity"), _("high severity"))
    words = [levels[severity]] if severity else []
    words += [_("detected")] if detected else []
    words += [_("filtered out")] if filtered else []
    if passages := _passages(result):
        words.append(ngettext("%(count)s passage", "%(count)s passages", passages) % {"count": passages})
    return _lists(result) + words if words else []


def _passages(result: Any) -> int:
    details = result.get("details") if isinstance(result, dict) else None
    return sum("completion_start_offset" in each for each in _dicts(details))


def _lists(result: Any) -> list[str]:
    """Names of the blocklists that matched."""
    details = result.get("details") if isinstance(result, dict) else result
    return [str(each["id"]) for each in _dicts(details) if each.get("id") and each.get("filtered") is not False]


def _source(result: Any) -> str:
    """Where protected code is from, under its licence."""
    citation = result.get("citation") if isinstance(result, dict) else None
    if not isinstance(citation, dict) or not isinstance(citation.get("URL"), str):
        return ""
    return link(citation["URL"], str(citation.get("license") or _("Source")))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _category(name: str) -> str:
    return _categories().get(name) or name.replace("_", " ").capitalize()


def _categories() -> dict[str, str]:
    return {
        "hate": _("Hate"),
        "sexual": _("Sexual content"),
        "violence": _("Violence"),
        "self_harm": _("Self-harm"),
        "profanity": _("Profanity"),
        "custom_blocklists": _("Blocklists"),
        "jailbreak": _("Attempt to get around the rules"),
        "indirect_attack": _("Instructions hidden in a document"),
        "protected_material_text": _("Protected text"),
        "protected_material_code": _("Protected code"),
        "ungrounded_material": _("Not supported by the sources"),
        "error": _("Content filter"),
    }
