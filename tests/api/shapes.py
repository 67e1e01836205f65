"""Is one JSON value of the shape of another? Every member that the reference shows must be there, of its type."""

KINDS = {int: "number", float: "number"}


def unlike(reference, ours, at="$"):
    """Where `ours` differs, as a list of words; empty if it is of that shape. Null in the reference is any value."""
    if reference is None or (isinstance(reference, list) and not reference):
        return []
    if _kind(reference) != _kind(ours):
        return [f"{at}: {_kind(reference)} in the reference, {_kind(ours)} here"]
    if isinstance(reference, dict):
        absent = {name for name in reference.keys() - ours.keys() if reference[name] is not None}
        missing = [f"{at}.{name} is missing" for name in sorted(absent)]
        return missing + [
            each
            for name in reference.keys() & ours.keys()
            for each in unlike(reference[name], ours[name], f"{at}.{name}")
        ]
    if isinstance(reference, list):
        return [f"{at} is empty"] if not ours else [e for one in ours for e in unlike(reference[0], one, f"{at}[]")]
    return []


def _kind(value):
    return KINDS.get(type(value), type(value).__name__)
