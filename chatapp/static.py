"""Names static files by their content, in CSS and in the relative imports of ES modules too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    # An import map would have to be inline, and the content security policy refuses inline scripts.
    support_js_module_import_aggregation = True
