"""What answers, and how: deployment, system prompt and parameters, as the form behind the composer's chip has them."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from conversations.completions.endpoints import Range
from conversations.models import Assistant, Conversation, DataSource, Deployment, Prompt, PromptVersion, User
from conversations.requests import PersonRequest
from conversations.views.access import find_assistant, find_prompt

LONGEST_VALUE = 4000  # characters of a prompt's variable
WHOLE = {"max_tokens"}  # parameters that are whole numbers


class Wrong(Exception):
    """A setting that cannot be; the message says which, and what would do."""


def settle(request: PersonRequest, found: Conversation, deployment: Deployment, *, new: bool = False) -> None:
    """From now on `deployment` answers, with what the form says, if it says anything. Raises Wrong.

    A `new` conversation that was asked without the form is answered from the sources that are on by default.
    """
    if chosen := assistant(request, None if new else found):
        chosen.settle(found, deployment)
        return
    changed: dict[str, Any] = {"deployment": deployment}
    if "settings" in request.POST:
        prompt = changed["prompt"] = _prompt(request)
        changed["prompt_values"] = _values(request, prompt) if prompt else {}
        changed["parameters"] = _parameters(request, deployment)
    elif deployment != found.deployment:
        changed["parameters"] = _fitting(found.parameters, deployment)
    changed = {name: value for name, value in changed.items() if getattr(found, name) != value}
    for name, value in changed.items():
        setattr(found, name, value)
    if changed:
        found.save(update_fields=list(changed))
    if "settings" in request.POST or new:
        _settle_sources(request, found)


def assistant(request: PersonRequest, found: Conversation | None) -> Assistant | None:
    """Who answers in `found`, or in a new chat who is chosen to; None without an assistant. Raises Wrong."""
    if found is not None and found.assistant_id is None:
        return None
    given = str(found.assistant_id) if found else request.POST.get("assistant", "")
    if not given:
        return None
    try:
        return find_assistant(request.user, int(given))
    except (ValueError, Http404):
        raise Wrong(_("This assistant is not available to you any more. Begin a new chat.")) from None


def offered(person: User, found: Conversation | None, deployments: list[Deployment]) -> dict[str, Any]:
    """What the form shows: sources, prompts with their variables, and for each deployment its parameters."""
    values = found.prompt_values if found else {}
    chosen = found.prompt.prompt_id if found and found.prompt else None
    set_before = found.parameters if found else {}
    usable = PromptVersion.objects.newest().filter(prompt__in=Prompt.objects.for_user(person))
    sources = list(DataSource.objects.for_reader(person.reader()))
    on = {each.pk for each in (found.sources.all() if found else sources) if found or each.on_by_default}
    return {
        "sources": [(each, each.pk in on) for each in sources],
        "asked": ", ".join(each.name for each in sources if each.pk in on),
        "sources_lost": bool(on - {each.pk for each in sources}),
        "prompts": [
            {
                "pk": each.prompt_id,
                "name": each.prompt.name,
                "chosen": each.prompt_id == chosen,
                "variables": [(name, values.get(name, "")) for name in each.variables],
            }
            for each in usable.select_related("prompt").order_by("prompt__name", "prompt")
        ],
        "parameters": [
            (deployment, [_field(name, limits, set_before) for name, limits in deployment.parameters().items()])
            for deployment in deployments
        ],
    }


def _field(name: str, limits: Range | tuple[str, ...] | None, before: dict[str, Any]) -> dict[str, Any]:
    labels = {
        "temperature": _("Temperature"),
        "top_p": _("Top p"),
        "max_tokens": _("Longest answer, in tokens"),
        "reasoning_effort": _("Reasoning effort"),
    }
    field = {"name": name, "label": labels[name], "value": before.get(name, ""), "choices": (), "step": ""}
    if isinstance(limits, Range):
        field |= {"low": f"{limits.low:g}", "high": f"{limits.high:.0f}", "step": "1" if name in WHOLE else "0.1"}
    elif limits:
        field["choices"] = limits
    return field


def _settle_sources(request: PersonRequest, found: Conversation) -> None:
    """Switch on those that the form names, or, without its fields, those that are on by default."""
    mine = {each.pk: each for each in DataSource.objects.for_reader(request.user.reader())}
    if "settings" in request.POST:
        named = [name.removeprefix("source-") for name, on in request.POST.items() if name.startswith("source-") and on]
        wanted = {int(each) for each in named if each.isdecimal()}
    else:
        wanted = {pk for pk, each in mine.items() if each.on_by_default}
    if wanted - mine.keys():
        raise Wrong(_("A data source that you chose is not available to you any more. Choose again."))
    found.sources.set(wanted)


def _prompt(request: PersonRequest) -> PromptVersion | None:
    """The latest version of the prompt that the form names; None if it names none."""
    given = request.POST.get("prompt", "")
    if not given:
        return None
    try:
        found = find_prompt(request.user, int(given)).latest
    except (ValueError, Http404):
        found = None
    if found is None:
        raise Wrong(_("This system prompt is not there any more. Choose another one."))
    return found


def _values(request: PersonRequest, prompt: PromptVersion) -> dict[str, str]:
    names = {name: f"value-{prompt.prompt_id}-{name}" for name in prompt.variables}
    return {name: request.POST.get(field, "")[:LONGEST_VALUE] for name, field in names.items()}


def _fitting(set_before: dict[str, Any], deployment: Deployment) -> dict[str, Any]:
    """Of parameters set for another deployment those that this one takes as they are."""
    taken = deployment.parameters()
    return {name: value for name, value in set_before.items() if name in taken and _within(value, taken[name])}


def _within(value: Any, limits: Range | tuple[str, ...] | None) -> bool:
    if isinstance(limits, Range):
        return bool(limits.low <= value <= limits.high)
    return limits is None or value in limits


def _parameters(request: PersonRequest, deployment: Deployment) -> dict[str, Any]:
    """The fields of every deployment are in the form; without scripts all of them come."""
    found: dict[str, Any] = {}
    for name, limits in deployment.parameters().items():
        if given := request.POST.get(f"{name}-{deployment.pk}", "").strip():
            found[name] = _value(name, given, limits)
    return found


def _value(name: str, given: str, limits: Range | tuple[str, ...] | None) -> Any:
    label = _field(name, limits, {})["label"]
    if isinstance(limits, Range):
        try:
            value = int(given) if name in WHOLE else float(given)
        except ValueError:
            value = float("nan")
        if not limits.low <= value <= limits.high:
            words = _("%(label)s: enter a number from %(low)s to %(high)s, or nothing.")
            raise Wrong(words % {"label": label, "low": f"{limits.low:g}", "high": f"{limits.high:.0f}"})
        return value
    if limits and given not in limits:
        raise Wrong(_("%(label)s: choose one of the list.") % {"label": label})
    return given
