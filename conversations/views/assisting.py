"""Assistants: those one may ask, and one's own, made and changed without being an administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from conversations.auditing import as_it_is, changing, facts, record
from conversations.completions.endpoints import Range
from conversations.models import Assistant, DataSource, Deployment, Feature, User
from conversations.requests import PersonRequest
from conversations.views.access import find_owned_assistant
from conversations.views.starters import StartersField

PARAMETERS = ("temperature", "top_p")


def _number() -> forms.NumberInput:
    return forms.NumberInput(attrs={"placeholder": gettext_lazy("As the model does")})


class AssistantForm(forms.ModelForm):
    """Name to starters of an assistant; the admin's form adds who may ask it."""

    instructions = forms.CharField(
        label=gettext_lazy("Instructions"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        help_text=gettext_lazy(
            "What the model is told before each conversation. A change counts from the next question."
        ),
    )
    temperature = forms.FloatField(label=gettext_lazy("Temperature"), required=False, widget=_number())
    top_p = forms.FloatField(label=gettext_lazy("Top p"), required=False, widget=_number())
    starters = StartersField()

    class Meta:
        model = Assistant
        fields: tuple[str, ...] = ("name", "description", "deployment", "sources")
        widgets = {"sources": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        """`person`: whose deployments and sources are offered; without one all are, as to administrators."""
        super().__init__(*args, **kwargs)
        self.initial["instructions"] = self.instance.instructions
        self.initial["starters"] = self.instance.starters
        self.initial.update({name: self.instance.parameters.get(name) for name in PARAMETERS})
        offered: dict[str, Any] = {"deployment": Deployment.objects.usable(), "sources": DataSource.objects.kept()}
        if person:
            reader = person.reader()
            offered = {
                "deployment": Deployment.objects.for_reader(reader),
                "sources": DataSource.objects.for_reader(reader),
            }
        for name, rows in offered.items():
            field: Any = self.fields[name]
            field.queryset = rows
        if person and not self.instance.pk:
            own: Any = self.fields["deployment"]
            own.empty_label = None  # the first, as for a new chat

    def clean_sources(self) -> list[DataSource]:
        """What was not offered stays: somebody else put it in."""
        offered: Any = self.fields["sources"]
        others = (
            self.instance.sources.exclude(pk__in=offered.queryset.order_by().values("pk")) if self.instance.pk else ()
        )
        return [*self.cleaned_data["sources"], *others]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if deployment := cleaned.get("deployment"):
            taken = deployment.parameters()
            for name in PARAMETERS:
                if (value := cleaned.get(name)) is not None:
                    self._check(name, value, taken.get(name))
        return cleaned

    def _check(self, name: str, value: float, limits: Range | tuple[str, ...] | None) -> None:
        if not isinstance(limits, Range):
            self.add_error(name, _("This deployment does not take it. Leave it empty."))
        elif not limits.low <= value <= limits.high:
            words = _("Enter a number from %(low)s to %(high)s, or nothing.")
            self.add_error(name, words % {"low": f"{limits.low:g}", "high": f"{limits.high:g}"})

    def save(self, commit: bool = True) -> Assistant:
        """Saves at once: its instructions are rows of their own."""
        made: Assistant = super().save(commit=False)
        made.starters = self.cleaned_data["starters"]
        values = {name: self.cleaned_data[name] for name in PARAMETERS}
        made.parameters = {name: value for name, value in values.items() if value is not None}
        made.write(self.cleaned_data["instructions"])
        return made


@login_required
def assistants(request: PersonRequest) -> HttpResponse:
    """Those one may ask; a POST makes one of one's own."""
    may_make = request.user.may(Feature.Name.ASSISTANTS)
    form = AssistantForm(request.POST or None, person=request.user)
    if request.method == "POST":
        if not may_make:
            raise Http404
        if form.is_valid():
            with transaction.atomic():
                made = form.save()
                form.save_m2m()
                made.keep_to(request.user)
                record(request, "assistant.add", made, changes=facts(made))
            messages.success(request, _("It is made. Ask it here or from a new chat."))
            return redirect("assistants")
    owned = Assistant.objects.owned_by(request.user.reader())
    context = {
        "form": form if may_make else None,
        "usable": Assistant.objects.for_reader(request.user.reader()).exclude(pk__in=owned),
        "owned": owned,
    }
    return render(request, "conversations/assistants.html", context, status=422 if form.errors else 200)


@login_required
def assistant(request: PersonRequest, assistant: int) -> HttpResponse:
    """Change one that is one's own."""
    found = find_owned_assistant(request.user, assistant)
    form = AssistantForm(request.POST or None, instance=found, person=request.user)
    if request.method == "POST" and form.is_valid():
        with changing(request, found, "assistant.change"):
            form.save()
            form.save_m2m()
        messages.success(request, _("Saved."))
        return redirect("assistants")
    context = {"assistant": found, "form": form}
    return render(request, "conversations/assistant.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def delete(request: PersonRequest, assistant: int) -> HttpResponse:
    """Its conversations stay, to be read."""
    found = find_owned_assistant(request.user, assistant)
    with transaction.atomic():
        gone = as_it_is(found)
        found.remove()
        record(request, "assistant.delete", gone)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": gone})
    return redirect("assistants")
