"""The product as a person meets it: the real server, a real browser."""
