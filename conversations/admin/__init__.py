"""The administrators' pages: Django's admin with forms of ours."""

from conversations.admin import (  # noqa: F401  each registers itself
    collections,
    company,
    deployments,
    feedback,
    people,
    prompts,
    sources,
)
