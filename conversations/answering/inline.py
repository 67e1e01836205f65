"""`data_sources` of a request: named ones that are stored here, and those that a program brings along.

What comes along brings its own secrets. One that relies on this server's identity must be a source that is set up here,
with all that decides who may ask it. Where addresses may lead: INLINE_DATA_SOURCES and ALLOWED_UPSTREAMS.
"""

from dataclasses import replace
from typing import Any

from django.conf import settings

from conversations.answering import sources
from conversations.answering.documents import Documents
from conversations.completions import data_sources
from conversations.completions.addresses import Reach
from conversations.completions.errors import InvalidRequest
from conversations.models import ApiKey, DataSource, Deployment, Reader
from conversations.retrieval.base import Access, Setting
from conversations.retrieval.fields import mapped

NAMED = "named"
OFF, LISTED, ON = "off", "listed", "on"
OVERRIDES = (  # of a stored source: what changes no right to read
    *("strictness", "top_n_documents", "max_search_queries", "allow_partial_result", "in_scope"),
    *("include_contexts", "role_information"),
)
MOST = 16  # sources of one request


def documents(entries: Any, reader: Reader, said: str = "") -> Documents:
    """What a request is to be answered from. `said`: the intent that it sends back.

    Raises InvalidRequest, whose `param` says where; RetrievalError for a source that cannot be asked as it is set up.
    """
    if entries is None:
        return Documents()
    if not isinstance(entries, list) or len(entries) > MOST:
        raise _wrong("data_sources", f"must be a list of up to {MOST} sources")
    found = [_entry(each, f"data_sources[{at}]", reader) for at, each in enumerate(entries)]
    return Documents([setting for setting, _ in found], [key for _, key in found], said=said)


def _entry(entry: Any, at: str, reader: Reader) -> tuple[Setting, int | None]:
    if isinstance(entry, dict) and entry.get("type") == NAMED:
        return _named(entry.get("parameters"), f"{at}.parameters", reader)
    if settings.INLINE_DATA_SOURCES == OFF:
        raise _wrong(at, "must be of type “named”: this server takes no sources that a request brings along")
    read = data_sources.read(entry, at)
    signing = read.parameters.authentication
    if signing and signing.type in data_sources.ANY_IDENTITY:
        return _ours(read, at, reader), None
    if read.type == "local" and reader.key_id and ApiKey.objects.get(pk=reader.key_id).sources_named:
        raise _wrong(at, "is not one of the data sources that this key may ask")
    return _setting(read, at, reader), None


def _named(given: Any, at: str, reader: Reader) -> tuple[Setting, int | None]:
    """A stored source that `reader` may ask, with some of its parameters changed for this request."""
    given = {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else {}
    name = given.pop("name", None)
    if not isinstance(name, str) or not name:
        raise _wrong(f"{at}.name", "is missing")
    source = DataSource.objects.for_reader(reader).filter(name=name).first()
    if source is None:
        words = f"{at}.name: there is no data source “{name}” that this key may ask."
        raise InvalidRequest(words, param=f"{at}.name", status=404)
    if odd := sorted(given.keys() - set(OVERRIDES)):
        raise _wrong(f"{at}.{odd[0]}", f"cannot be changed for a stored source; only {', '.join(OVERRIDES)} can")
    made = sources.setting(source, reader)
    wire = source.wire()
    changed = data_sources.read({**wire, "parameters": {**wire["parameters"], **given}}, at.removesuffix(".parameters"))
    return replace(made, source=changed), source.pk


def _setting(read: data_sources.DataSource, at: str, reader: Reader) -> Setting:
    reach = Reach(tuple(settings.ALLOWED_UPSTREAMS), public=settings.INLINE_DATA_SOURCES == ON)
    access = Access(collections=sources.collections(read, reader), reader=reader)
    mine = Deployment.objects.for_reader(reader)
    embed = sources.embedder(at, read.parameters.embedding_dependency, reader, among=mine, reach=reach)
    return Setting(at, read, access, embed, reach=reach)


def _ours(read: data_sources.DataSource, at: str, reader: Reader) -> Setting:
    """It signs in as this server: only where a source is set up that does, and of what that one reads."""
    for source in DataSource.objects.for_reader(reader).filter(type=read.type):
        if _stored_place(source) == _place(read):
            stored = sources.setting(source, reader)
            _keep_to(read, stored.source, at)
            access = replace(stored.access, within=getattr(stored.source.parameters, "filter", ""))
            return replace(_setting(read, at, reader), access=access, reach=None)
    words = "relies on this server's identity, but no such data source is set up that this key may ask. Send a key"
    raise _wrong(f"{at}.parameters.authentication", words)


def _stored_place(source: DataSource) -> tuple[Any, ...] | None:
    """None for one that nobody can ask: it is not configured completely, or its secrets are lost."""
    try:
        return None if source.secrets_lost else _place(source.read())
    except InvalidRequest:
        return None


def _keep_to(read: data_sources.DataSource, stored: data_sources.DataSource, at: str) -> None:
    """Where an administrator has said which fields are read, no other field is."""
    ours, theirs = stored.parameters.fields_mapping, read.parameters.fields_mapping
    if not ours.content_fields:
        return
    if not theirs.content_fields:
        read.parameters.fields_mapping = ours
    elif odd := sorted(set(mapped(theirs)) - set(mapped(ours))):
        words = f"names the field “{odd[0]}”, which the data source that is set up here does not read"
        raise _wrong(f"{at}.parameters.fields_mapping", words)


def _place(read: data_sources.DataSource) -> tuple[Any, ...]:
    given: Any = read.parameters
    signing = given.authentication
    who = (signing.type, signing.managed_identity_resource_id) if signing else ()
    return (given.endpoint.rstrip("/").lower(), given.index_name, who)


def _wrong(param: str, words: str) -> InvalidRequest:
    return InvalidRequest(f"{param} {words}.", param=param)
