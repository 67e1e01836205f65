"""Django's apps as this product sets them up: which static files are collected, whose the admin is."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class Static(StaticFilesConfig):
    # Extensions of htmx that the pages do not use; some import what no file is.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "ext", "*.d.ts", "htmx-4*"]


class Admin(AdminConfig):
    default_site = "conversations.site.Site"
