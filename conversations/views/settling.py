"""What answers, and how: deployment, system prompt and parameters, as the form behind the composer's chip has them."""

from typing import Any

from django.utils.translation import gettext as _

from conversations.completions.endpoints import Range
from conversations.models import Conversation, Deployment, Prompt, User
from conversations.requests import PersonRequest

LONGEST_VALUE = 4000  # characters of a prompt's variable
WHOLE = {"max_tokens"}  # parameters that are whole numbers


class Wrong(Exception):
    """A setting that cannot be; the message says which, and what would do."""


def settle(request: PersonRequest, found: Conversation, deployment: Deployment) -> None:
    """From now on `deployment` answers, with the prompt and parameters of the form, if it has any. Raises Wrong."""
    changed: dict[str, Any] = {"deployment": deployment}
    if "settings" in request.POST:
        prompt = _prompt(request)
        changed["prompt"] = prompt.latest if prompt else None
        values = {name: request.POST.get(f"value-{name}", "") for name in _variables(prompt)}
        changed["prompt_values"] = {name: value[:LONGEST_VALUE] for name, value in values.items()}
        changed["parameters"] = _parameters(request, deployment)
    changed = {name: value for name, value in changed.items() if getattr(found, name) != value}
    for name, value in changed.items():
        setattr(found, name, value)
    if changed:
        found.save(update_fields=list(changed))


def offered(person: User, found: Conversation | None, deployments: list[Deployment]) -> dict[str, Any]:
    """What the form shows: prompts with their variables, and for each deployment its parameters."""
    values = found.prompt_values if found else {}
    chosen = found.prompt.prompt_id if found and found.prompt else None
    set_before = found.parameters if found else {}
    prompts = Prompt.objects.for_user(person).prefetch_related("versions")
    return {
        "prompts": [
            {
                "pk": each.pk,
                "name": each.name,
                "chosen": each.pk == chosen,
                "variables": [(name, values.get(name, "")) for name in _variables(each)],
            }
            for each in prompts
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


def _prompt(request: PersonRequest) -> Prompt | None:
    given = request.POST.get("prompt", "")
    if not given:
        return None
    known = Prompt.objects.for_user(request.user)
    found = known.filter(pk=given).first() if given.isascii() and given.isdigit() else None
    if found is None:
        raise Wrong(_("This system prompt is not there any more. Choose another one."))
    return found


def _variables(prompt: Prompt | None) -> list[str]:
    latest = prompt.latest if prompt else None
    return latest.variables if latest else []


def _parameters(request: PersonRequest, deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, limits in deployment.parameters().items():
        if given := request.POST.get(name, "").strip():
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
