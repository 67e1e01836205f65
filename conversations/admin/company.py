"""The company's own words; there is one company."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from conversations.models import Company
from conversations.retrieval.ingest import picturing
from conversations.retrieval.ingest.parsing.blocks import Unreadable

LOGO_BYTES = 256_000
LOGO_PIXELS = 512  # of the longer side that are kept


class CompanyForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, at most 256 kB. Stands beside the name, as high as its line."),
    )
    remove_picture = forms.BooleanField(label=_("Remove the logo"), required=False)
    notice_link = forms.URLField(label=_("Link of the notice"), required=False, assume_scheme="https")

    class Meta:
        model = Company
        fields = (
            *("name", "accent", "welcome", "notice", "notice_link", "banner", "currency"),
            *("retention_days", "tell_of_reading"),
        )
        help_texts = {
            "retention_days": _(
                "After so many days without a question or answer they disappear, with their files, and are deleted for "
                "good a week later; also pinned and archived ones. Groups may have days of their own: then the longest "
                "of a person's groups counts. Empty: they are kept."
            )
        }
        widgets = {"accent": forms.TextInput(attrs={"class": "vTextField", "placeholder": "#0a6874"})}

    def clean_picture(self) -> tuple[str, bytes] | None:
        """Kind and bytes of what can be seen in it, redrawn, whatever the file is called."""
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        if upload.size > LOGO_BYTES:
            raise forms.ValidationError(_("The file is too large. Take one of at most 256 kB."))
        try:
            return picturing.redrawn(upload.read(), LOGO_PIXELS)
        except Unreadable as error:
            if error.reason == "bomb":
                words = _("The picture is too large. Take one of at most 2000 × 2000 pixels.")
                raise forms.ValidationError(words) from error
            raise forms.ValidationError(_("This is no PNG, JPEG or WebP picture.")) from error

    def save(self, commit: bool = True) -> Any:
        company: Company = self.instance
        if self.cleaned_data["picture"]:
            company.set_logo(*self.cleaned_data["picture"])
        elif self.cleaned_data["remove_picture"]:
            company.remove_logo()
        return super().save(commit)


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    form = CompanyForm
    fieldsets = (
        (None, {"fields": ("name", "accent", "picture", "remove_picture")}),
        (_("Words"), {"fields": ("welcome", "notice", "notice_link", "banner")}),
        (_("Money"), {"fields": ("currency",)}),
        (_("Privacy"), {"fields": ("retention_days", "tell_of_reading")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one: its form, whether or not it was ever saved, for those who may see it."""
        one = Company.objects.first()
        if one is not None and self.has_view_or_change_permission(request, one):
            return redirect("admin:conversations_company_change", one.pk)
        if one is None and self.has_add_permission(request):
            return redirect("admin:conversations_company_add")
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        own = {"title": capfirst(str(self.opts.verbose_name)), "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, {**own, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
