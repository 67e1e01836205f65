"""The company's own words; there is one company."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import Company
from conversations.models.pictures import TYPES, Picture, look

LOGO_BYTES = 256_000
LOGO_PIXELS = 2000  # a side


class CompanyForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES.values())}),
        help_text=_("PNG, JPEG or WebP, at most 256 kB. Stands beside the name; square ones look best."),
    )
    remove_picture = forms.BooleanField(label=_("Remove the logo"), required=False)
    notice_link = forms.URLField(label=_("Link of the notice"), required=False, assume_scheme="https")

    class Meta:
        model = Company
        fields = ("name", "accent", "welcome", "notice", "notice_link", "banner", "currency")
        widgets = {"accent": forms.TextInput(attrs={"class": "vTextField", "placeholder": "#0a6874"})}

    def clean_picture(self) -> tuple[bytes, Picture] | None:
        """The uploaded bytes and what they are: by their content, whatever the file is called."""
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        if upload.size > LOGO_BYTES:
            raise forms.ValidationError(_("The file is too large. Take one of at most 256 kB."))
        content = upload.read()
        picture = look(content)
        if picture is None:
            raise forms.ValidationError(_("This is no PNG, JPEG or WebP picture."))
        if max(picture.width, picture.height) > LOGO_PIXELS:
            raise forms.ValidationError(_("The picture is too large. Take one of at most 2000 × 2000 pixels."))
        return content, picture

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
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
