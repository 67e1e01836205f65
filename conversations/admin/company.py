"""The company's own words; there is one company."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import Company


class CompanyForm(forms.ModelForm):
    notice_link = forms.URLField(label=_("Link of the notice"), required=False, assume_scheme="https")

    class Meta:
        model = Company
        fields = ("name", "welcome", "notice", "notice_link", "banner")


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    form = CompanyForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
