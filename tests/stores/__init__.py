"""Loopback servers that speak the documented APIs of the stores, with a few documents to find."""
