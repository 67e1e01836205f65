"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Static(StaticFilesConfig):
    # Extensions of htmx that the pages do not use; some import what no file is.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "ext", "*.d.ts", "htmx-4*"]
