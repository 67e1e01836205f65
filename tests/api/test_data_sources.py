"""`data_sources` of programs: by name through the key's own rights, and brought along within what the policy lets."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group

from conversations.answering import inline
from conversations.completions import net
from conversations.completions.addresses import Reach, check_address
from conversations.completions.errors import ForbiddenAddress, InvalidRequest
from conversations.models import Collection, DataSource
from conversations.retrieval.errors import SourceVectors
from tests import factories
from tests.api.conftest import Program, make_key
from tests.stores import ranking

CHAT = "/v1/chat/completions"
QUESTION = {"role": "user", "content": "How long is parental leave after a birth?"}
IDENTITY = {"type": "system_assigned_managed_identity"}
ALL = ["citations", "intent", "all_retrieved_documents"]


def body(*sources, **more):
    return {"model": "offline", "messages": [QUESTION], "data_sources": list(sources), **more}


def named(name="Employee handbook", **parameters):
    return {"type": "named", "parameters": {"name": name, **parameters}}


async def refused(program, *sources):
    response = await program.post(CHAT, body(*sources))
    error = response.json()["error"]
    return response.status_code, error["param"], error["message"]


async def test_one_that_a_program_brings_along_is_asked(program, entry, offline):
    answer = (await program.post(CHAT, body(entry))).json()["choices"][0]
    context = answer["message"]["context"]
    assert "twenty-six weeks" in answer["message"]["content"]
    assert "[doc1]" in answer["message"]["content"]
    assert (context["citations"][0]["title"], context["citations"][0]["verdict"]) == ("Parental leave", "supported")
    assert json.loads(context["intent"]) == [QUESTION["content"]]


async def test_a_stored_one_is_asked_by_its_name_without_any_secret(program, stored):
    answer = (await program.post(CHAT, body(named(include_contexts=ALL, top_n_documents=1)))).json()
    context = answer["choices"][0]["message"]["context"]
    assert set(context) == set(ALL)
    assert [each["title"] for each in context["citations"]] == ["Parental leave"]
    assert "secret" not in json.dumps(answer)


async def test_several_are_asked_together(program, stored, entry):
    response = await program.post(CHAT, body(named(include_contexts=ALL), entry))
    retrieved = response.json()["choices"][0]["message"]["context"]["all_retrieved_documents"]
    assert {each["data_source_index"] for each in retrieved} <= {0, 1}


@pytest.mark.parametrize("name", ["Nothing", "", None, 5, "employee handbook"])
async def test_a_name_that_is_none_is_said_so(program, stored, name):
    status, param, _ = await refused(program, named(name))
    assert (status, param) == (
        404 if name in ("Nothing", "employee handbook") else 400,
        "data_sources[0].parameters.name",
    )


async def test_what_is_not_granted_is_answered_like_what_is_not_there(program, person, stored):
    assert (await program.post(CHAT, body(named()))).status_code == 200
    await sync_to_async(lambda: stored.groups.add(Group.objects.create(name="Others")))()
    missing, closed = await refused(program, named("Nothing")), await refused(program, named())
    assert closed == (404, missing[1], missing[2].replace("Nothing", "Employee handbook"))


async def test_a_key_for_other_sources_does_not_find_it(person, stored):
    def make():
        key = make_key(person)
        key.sources.add(factories.make_source("Another"))
        return key

    assert (await refused(Program(await sync_to_async(make)()), named()))[0] == 404


@pytest.mark.parametrize("name", ["endpoint", "index_name", "filter", "authentication", "fields_mapping", "query_type"])
async def test_nothing_that_decides_what_is_read_can_be_changed_of_a_stored_one(program, stored, name):
    status, param, words = await refused(program, named(**{name: "x"}))
    assert (status, param) == (400, f"data_sources[0].parameters.{name}")
    assert "cannot be changed" in words


async def test_a_change_out_of_range_is_refused(program, stored):
    assert (await refused(program, named(strictness=9)))[:2] == (400, "data_sources[0].parameters.strictness")


@pytest.mark.parametrize(
    ("sources", "param"),
    [
        ("x", "data_sources"),
        ([5], "data_sources[0]"),
        ([{"type": "wiki"}], "data_sources[0].type"),
        ([{"type": "named"}], "data_sources[0].parameters.name"),
        ([{"type": "elasticsearch", "parameters": {}}], "data_sources[0].parameters.endpoint"),
        ([named()] * 17, "data_sources"),
    ],
)
async def test_what_is_wrong_with_them_is_said_with_its_place(program, offline, sources, param):
    response = await program.post(CHAT, {**body(), "data_sources": sources})
    assert (response.status_code, response.json()["error"]["param"]) == (400, param)


async def test_an_address_of_this_network_is_never_connected_to(program, entry, offline, store, settings):
    settings.ALLOWED_UPSTREAMS = []
    for host in ("127.0.0.1", "localhost", "0x7f000001", "[::1]"):
        entry["parameters"]["endpoint"] = f"http://{host}:{store.port}"
        response = await program.post(CHAT, body(entry))
        assert response.status_code == 400, host
        assert response.json()["error"]["code"] == "data_source_forbidden"
    assert not store.requests


async def test_listed_means_that_no_other_host_is_asked(program, entry, offline, store, settings):
    settings.INLINE_DATA_SOURCES = "listed"
    assert (await program.post(CHAT, body(entry))).status_code == 200
    entry["parameters"]["endpoint"] = "https://search.example.com"
    status, param, words = await refused(program, entry)
    assert (status, param) == (400, "data_sources")
    assert "not one of the hosts" in words


async def test_off_takes_stored_ones_alone(program, stored, entry, settings):
    settings.INLINE_DATA_SOURCES = "off"
    assert (await program.post(CHAT, body(named()))).status_code == 200
    assert (await refused(program, entry))[:2] == (400, "data_sources[0]")


async def test_mongo_is_asked_only_where_its_host_was_named(program, offline, settings):
    settings.ALLOWED_UPSTREAMS = ["mongo.example.com"]
    entry = {
        "type": "azure_cosmos_db",
        "parameters": {
            "authentication": {"type": "connection_string", "connection_string": "mongodb://u:secret@127.0.0.1:9/"},
            **{"database_name": "d", "container_name": "c", "index_name": "i"},
            "embedding_dependency": {"type": "deployment_name", "deployment_name": "offline"},
            "fields_mapping": {"content_fields": ["content"], "vector_fields": ["v"]},
        },
    }
    status, _, words = await refused(program, entry)
    assert status == 400
    assert "may name" in words
    assert "secret" not in words


async def test_this_server_s_identity_is_lent_only_where_a_source_is_set_up(program, person, offline, settings):
    given = {"endpoint": "https://ours.search.windows.net/", "index_name": "hr", "authentication": IDENTITY}
    entry = {"type": "azure_search", "parameters": given}
    status, param, _ = await refused(program, entry)
    assert (status, param) == (400, "data_sources[0].parameters.authentication")

    def read(reader, **changes):
        return inline.documents([{**entry, "parameters": {**given, **changes}}], reader)

    def try_all():
        group = Group.objects.create(name="HR")
        source = DataSource(name="HR", access_filter="groups/any(g: search.in(g, '{groups}'))")
        source.configure("azure_search", {**given, "endpoint": "https://ours.search.windows.net"})
        source.save()
        DataSource.objects.create(name="Half set up", type="azure_search", parameters={"index_name": "hr"}, position=1)
        setting = read(person.reader(), filter="year eq 2026").settings[0]
        assert (setting.reach, setting.access.filter) == (None, source.access_filter)
        for other in ({"index_name": "board"}, {"endpoint": "https://theirs.search.windows.net"}):
            with pytest.raises(InvalidRequest):
                read(person.reader(), **other)
        source.groups.add(group)
        with pytest.raises(InvalidRequest):
            read(person.reader())

    await sync_to_async(try_all)()


async def test_our_own_documents_are_those_that_the_person_may_read(program, person, offline):
    local = {"type": "local", "parameters": {"collections": ["Open", "Closed"], "strictness": 1}}

    def make():
        for name in ("Open", "Closed"):
            collection = Collection.objects.create(name=name)
            factories.make_document(collection, name, f"Parental leave after a birth, {name}: 90 days.")
        collection.groups.add(Group.objects.create(name="Others"))

    await sync_to_async(make)()
    context = (await program.post(CHAT, body(local))).json()["choices"][0]["message"]["context"]
    assert [each["title"] for each in context["citations"]] == ["Open"]
    await sync_to_async(lambda: program.key.sources.add(factories.make_source("Another")))()
    assert (await refused(program, local))[:2] == (400, "data_sources[0]")
    await DataSource.objects.filter(name="Another").adelete()  # a key whose sources are all gone may ask none
    assert (await refused(program, local))[:2] == (400, "data_sources[0]")


async def test_an_embedding_deployment_must_be_the_person_s_to_ask(person, offline):
    wanted = {"type": "deployment_name", "deployment_name": "vectors"}
    given = {"endpoint": "https://e.example.com", "index_name": "i", "query_type": "vector"}
    given |= {"authentication": {"type": "encoded_api_key", "encoded_api_key": "x"}, "embedding_dependency": wanted}

    def try_both():
        embedder = factories.make_deployment("vectors", kind="offline")
        entries = [{"type": "elasticsearch", "parameters": given}]
        assert inline.documents(entries, person.reader()).settings[0].embed
        embedder.groups.add(Group.objects.create(name="Others"))
        with pytest.raises(SourceVectors):
            inline.documents(entries, person.reader())

    await sync_to_async(try_both)()


async def test_an_embedding_endpoint_that_comes_along_goes_no_further_than_its_source(
    program, entry, offline, upstream, store, settings
):
    signing = {"type": "api_key", "key": "theirs"}
    endpoint = f"http://localhost:{upstream.port}/openai/deployments/e/embeddings"
    entry["parameters"] |= {
        "query_type": "vector",
        "embedding_dependency": {"type": "endpoint", "endpoint": endpoint, "authentication": signing},
    }
    status, _, words = await refused(program, entry)
    assert (status, upstream.requests) == (400, [])
    assert "no public address" in words
    settings.ALLOWED_UPSTREAMS = ["127.0.0.1", "localhost"]
    upstream.json({"data": [{"index": 0, "embedding": ranking.vector(QUESTION["content"])}]})
    assert (await program.post(CHAT, body(entry))).status_code == 200
    assert upstream.requests[0].headers["api-key"] == "theirs"


PRIVATE = [
    "10.1.2.3",
    "127.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12::1",
    "fe80::1",
    "198.18.0.1",
]


@pytest.mark.parametrize("address", [*PRIVATE, "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"])
def test_no_private_address_is_public_however_it_is_written(address):
    with pytest.raises(ForbiddenAddress):
        check_address(address, public=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_ones_are(address):
    check_address(address, public=True)


async def test_a_name_that_leads_here_is_refused_by_the_address_and_the_own_client_stays_as_it_was(store):
    with pytest.raises(ForbiddenAddress) as refused:
        await net.send(f"http://localhost:{store.port}/", {}, reach=Reach(public=True))
    assert "127.0.0.1" not in str(refused.value)
    for reach in (None, Reach(("localhost",)), Reach((f"localhost:{store.port}",), public=True)):
        response = await net.send(f"http://localhost:{store.port}/", {}, method="GET", reach=reach)
        await response.aclose()
    with pytest.raises(ForbiddenAddress):
        await net.send("http://8.8.8.8/", {}, reach=Reach(("localhost",)))
