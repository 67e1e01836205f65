"""The product as the stories of test_permissions.py drive it, and a model of its own of who may read what.

Each document has words that stand nowhere else: in what answers cite, around it, and in its name; so one look at any
page, or at what a model was sent, tells whose documents it shows.
"""

import asyncio
import json
import re

from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.db import close_old_connections

from conversations.completions import net
from conversations.models import Collection, Conversation, DataSource, Document, Evidence, ExternalGroup, Message, User
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from tests import factories
from tests.conftest import settled
from tests.stores.elastic import Elastic
from tests.talk import Talk

PEOPLE, GROUPS, COLLECTIONS = ("alice", "bob"), ("hr", "sales"), ("Rules", "Prices")
NOBODY = "nobody"
CALLED = ("A", "B", "C")  # external ids
CANARY = re.compile(r"(?:fact|beside|title)x\d+x", re.IGNORECASE)
FILTER = '{"terms": {"groups": "{groups}"}}'
SENT: list[str] = []  # to the model, since the last question


class Index(Elastic):
    """An index elsewhere that begins empty; each document is one external id's."""

    def __init__(self):
        super().__init__()
        self.documents = []

    def _ids(self):
        return [str(at) for at in range(len(self.documents))]

    def put(self, number, external_id):
        content = f"The parking allowance is factx{number}x euros. The parking beside it is besidex{number}x."
        page = {"title": f"titlex{number}x", "content": content, "groups": [external_id], "url": ""}
        self.documents.append({**page, "file": {"path": ""}})


class World:
    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.made = 0
        self.holds = {}  # document → (collection, number of its content) of those that can be found
        self.names = {}  # document → (collection, number of its title), also when it was deleted
        self.was = {}  # number of a content → its collection, also when it was replaced or deleted
        self.theirs = {}  # number of a content in the index elsewhere → the external id that it is for
        self.members = {each: set() for each in PEOPLE}
        self.readers = {each: set() for each in COLLECTIONS}
        self.asking = set()  # groups that may ask the library; none: everybody
        self.called = dict.fromkeys(GROUPS)  # group → its external id, or None
        self.held = {}  # message → external ids for which the index elsewhere was asked
        self.answers = {each: [] for each in PEOPLE}  # (conversation, message), the newest last
        self.beside = set()  # conversations that were begun by who might not ask the library: it is not on in them

    def run(self, doing):
        return self.loop.run(doing)

    def in_database(self, function, *arguments):
        return self.run(sync_to_async(function)(*arguments))

    # who may read what

    def number(self, of, where):
        self.made += 1
        where[self.made] = of
        return self.made

    def ids(self, person):
        """External ids of their groups."""
        return {self.called[each] for each in self.members[person]} - {None}

    def may_ask(self, person):
        """The library."""
        return not self.asking or bool(self.asking & self.members[person])

    def readable(self, person, source=True):
        mine = self.members[person]
        if source and not self.may_ask(person):
            return set()
        return {each for each in COLLECTIONS if not self.readers[each] or self.readers[each] & mine}

    def may_read(self, person, canary):
        number = int(re.sub(r"\D", "", canary))
        if number in self.theirs:
            return self.theirs[number] in self.ids(person)
        return self.was[number] in self.readable(person)

    def shown(self, person, message, canary):
        """Of what `message` was given: is it shown? Of an index elsewhere only while all ids of then are held."""
        number = int(re.sub(r"\D", "", canary))
        return self.may_read(person, canary) and (
            number not in self.theirs or self.held.get(message, set()) <= self.ids(person)
        )

    def told(self, person, conversation=None):
        """What may be said of documents as they are; with a `conversation` of the sources that are on in it."""
        readable = set() if conversation in self.beside else self.readable(person)
        mine = {each: held[1] for each, held in self.holds.items() if held[0] in readable}
        theirs = {number for number, external_id in self.theirs.items() if external_id in self.ids(person)}
        numbers = {*mine.values(), *theirs}
        words = {f"{kind}x{number}x" for number in numbers for kind in ("fact", "beside")}
        titles = {self.names[each][1] for each in mine} | theirs
        return words | {f"titlex{number}x" for number in titles}

    # the product

    def build(self):
        self.index = self.run(Index().__aenter__())
        self.in_database(self._begin)

    def _begin(self):
        factories.make_deployment("offline", kind="offline")
        self.people = {name: factories.make_person(name) for name in PEOPLE}
        self.groups = {name: Group.objects.create(name=name) for name in GROUPS}
        self.collections = {name: Collection.objects.create(name=name) for name in COLLECTIONS}
        found = {"strictness": 1, "top_n_documents": 10}
        self.source = DataSource(name="Library", on_by_default=True)
        self.source.configure("local", {"collections": list(COLLECTIONS), **found})
        self.source.save()
        key = {"type": "encoded_api_key", "encoded_api_key": self.index.encoded}
        where = {"endpoint": self.index.address, "index_name": "docs", "authentication": key}
        elsewhere = DataSource(name="Elsewhere", on_by_default=True, access_filter=FILTER)
        elsewhere.configure("elasticsearch", {**where, **found})
        elsewhere.save()
        self.clients = {name: factories.browser_of(person) for name, person in self.people.items()}

    def make_anew(self, group):
        """Delete the group, and make one of the same name."""
        self.groups[group].delete()
        self.groups[group] = Group.objects.create(name=group)

    def call(self, group, external_id):
        ExternalGroup.objects.filter(group=self.groups[group]).delete()
        if external_id:
            ExternalGroup.objects.create(group=self.groups[group], external_id=external_id)

    async def upload(self, collection, filename, number):
        words = (
            f"The parking allowance is factx{number}x euros.\n\n# Parking\n\nThe parking beside it is besidex{number}x."
        )
        added = await sync_to_async(add)(self.collections[collection], filename, words.encode(), None)
        await runner.run_out()
        return added.document.pk

    async def question(self, person, conversation=None):
        """In a new chat, or once more in that conversation."""
        SENT.clear()
        talk = await self._talk(person, conversation)
        answer = await talk.asked("How much is the parking allowance?")
        assert answer.state == "complete"
        return talk.pk, answer.pk

    async def continued(self, person, conversation, message):
        """As if the answer had been cut."""
        SENT.clear()
        talk = await self._talk(person, conversation)
        answer = await Message.objects.aget(pk=message)
        await Message.objects.filter(pk=message).aupdate(state="truncated")
        assert (await talk.command("continue", answer)).status_code == 200
        await settled()

    async def _talk(self, person, conversation):
        talk = Talk(self.people[person], await factories.aclient_of(self.people[person]))
        talk.pk = conversation or talk.pk
        return talk

    def pages(self, person, conversation, message, ends):
        client = self.clients[person]
        addresses = {end: f"/c/{conversation}/{end.format(message)}" for end in ends}
        return {end: client.get(address).content.decode() for end, address in addresses.items()}

    def shelves(self, person):
        client = self.clients[person]
        mine = [client.get(f"/documents/{each.pk}/") for each in self.collections.values()]
        return "".join(each.content.decode() for each in mine if each.status_code == 200)

    def teardown(self):
        async def end():
            await settled()
            await net.aclose()
            await self.index.aclose()
            await sync_to_async(_empty)()

        self.run(end())
        self.loop.close()


def delete(document, for_good):
    found = Document.objects.filter(pk=document)
    if for_good:
        found.delete()
    else:
        found.get().throw_away()


def canaries(text):
    return {each.lower() for each in CANARY.findall(text)}


def said(person):
    texts = Conversation.objects.filter(owner__username=person).values_list("messages__text", flat=True)
    return json.dumps(list(texts))


def evidence(message):
    """All that was frozen of an answer, and what it said."""
    rows = Evidence.objects.filter(message=message).select_related("message")
    return "".join(f"{each.title} {each.filepath} {each.content}\n" for each in rows), Message.objects.get(
        pk=message
    ).text


def contents(message):
    return list(Evidence.objects.filter(message=message).values_list("content", flat=True))


def _empty():
    for model in (Conversation, DataSource, Collection, User):
        model.objects.all().delete()
    Group.objects.exclude(name="Nobody").delete()  # it cannot be deleted
    factories.Deployment.objects.all().delete()
    close_old_connections()
