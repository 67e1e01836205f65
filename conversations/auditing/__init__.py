"""Writing down what people do: from views, from signing in, and from every page of the administration."""

from conversations.auditing.record import address_of, as_it_is, changing, facts, record

__all__ = ["address_of", "as_it_is", "changing", "facts", "record"]
