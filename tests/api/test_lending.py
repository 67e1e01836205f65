"""What a request brings along widens nothing: neither what this server's identity reads, nor what a key names."""

import pytest
from asgiref.sync import sync_to_async

from conversations.answering import inline
from conversations.completions.errors import InvalidRequest
from conversations.models import Collection, DataSource
from conversations.retrieval.access import odata
from conversations.retrieval.errors import SourceRefused
from conversations.retrieval.fields import mapped
from tests import factories

IDENTITY = {"type": "system_assigned_managed_identity"}


async def test_what_is_lent_reads_no_more_than_the_source_that_is_set_up(person, offline):
    given = {"endpoint": "https://ours.search.windows.net/", "index_name": "hr", "authentication": IDENTITY}

    def read(**changes):
        entry = {"type": "azure_search", "parameters": {**given, **changes}}
        return inline.documents([entry], person.reader()).settings[0]

    def try_all():
        source = DataSource(name="HR")
        mapping = {"content_fields": ["content"], "title_field": "title"}
        source.configure("azure_search", {**given, "filter": "level eq 'open'", "fields_mapping": mapping})
        source.save()
        setting = read(filter="year eq 2026")
        both = "(year eq 2026) and (level eq 'open')"
        assert odata(setting, setting.source.parameters.filter) == both
        assert odata(read(), "") == "level eq 'open'"
        with pytest.raises(SourceRefused):
            odata(setting, "year eq 2026) or (true")
        assert mapped(read().source.parameters.fields_mapping) == ["title", "content"]
        assert read(fields_mapping={"content_fields": ["content"]})
        with pytest.raises(InvalidRequest, match="salary"):
            read(fields_mapping={"content_fields": ["content", "salary"]})

    await sync_to_async(try_all)()


async def test_a_key_whose_sources_were_deleted_reads_no_documents_of_ours_either(program, offline):
    local = {"type": "local", "parameters": {"collections": ["Open"], "strictness": 1}}

    def make():
        factories.make_document(Collection.objects.create(name="Open"), "Open", "Parental leave: 90 days.")
        program.key.sources.add(factories.make_source("Another"))
        DataSource.objects.all().delete()

    await sync_to_async(make)()
    asked = {"model": "offline", "messages": [{"role": "user", "content": "How long?"}], "data_sources": [local]}
    response = await program.post("/v1/chat/completions", asked)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "data_sources[0]")
