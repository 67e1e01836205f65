"""The administrators' pages: Django's admin with forms of ours."""

from conversations.admin import collections, company, deployments, feedback, people, prompts  # noqa: F401  each registers itself
