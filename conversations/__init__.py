"""The product: one Django app of nested plain packages, imported downwards only (docs/architecture.md)."""
