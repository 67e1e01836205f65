"""The administrators' pages: Django's admin with forms of ours."""

from conversations.admin import (  # noqa: F401  each registers itself
    assistants,
    audit,
    budgets,
    collections,
    company,
    deployments,
    features,
    feedback,
    keys,
    people,
    prompts,
    sources,
)
