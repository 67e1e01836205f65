"""The deployment that comes with the product: rules, not a language model, over an in-process transport."""
