"""Wires the product together: settings, addresses and the ASGI application. It holds no behaviour."""
