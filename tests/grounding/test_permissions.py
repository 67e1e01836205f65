"""Whatever is shared, taken away, replaced and deleted: nobody is shown or answered from what they may not read now.

A model of its own keeps who may read which document. Each document has words that stand nowhere else: in what answers
cite, around it, and in its name; so one look at any page tells whose documents it shows. 500 steps; more with
`PERMISSION_STEPS=10000`.
"""

import asyncio
import json
import os
import re

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conversations.completions import net
from conversations.completions.offline.transport import OfflineTransport
from conversations.models import Collection, Conversation, DataSource, Document, Evidence, Message, User
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from tests import factories
from tests.conftest import settled
from tests.talk import Talk

STEPS = int(os.environ.get("PERMISSION_STEPS", "500"))
LONG = 50  # steps of a story
PEOPLE, GROUPS, COLLECTIONS = ("alice", "bob"), ("hr", "sales"), ("Rules", "Prices")
FOUND = "m/{}/sources/"
SOME = (FOUND,)
EVERY = (
    *SOME,
    "",
    "m/{}/sources/1/?preview",
    "../../search?q=parking",
    "export.json",
    "export.md",
    "m/{}/text",
    "m/{}/",
    *(f"m/{{}}/sources/{number}/" for number in (1, 2, 3)),
)
CANARY = re.compile(r"(?:fact|beside|title)x\d+x", re.IGNORECASE)

people, groups, collections = st.sampled_from(PEOPLE), st.sampled_from(GROUPS), st.sampled_from(COLLECTIONS)


class Library(RuleBasedStateMachine):
    documents = Bundle("documents")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.made = self.looked = 0
        self.holds = {}  # document → (collection, number of its content) of those that can be found
        self.names = {}  # document → (collection, number of its title), also when it was deleted
        self.was = {}  # number of a content → its collection, also when it was replaced or deleted
        self.members = {each: set() for each in PEOPLE}
        self.readers = {each: set() for each in COLLECTIONS}
        self.asking = set()  # groups that may ask the source; nobody in it: everybody
        self.answers = {each: [] for each in PEOPLE}  # (conversation, message), the newest last

    @initialize(target=documents)
    def begin(self):
        """One document for everybody, which has been asked for."""
        self.run(sync_to_async(self._begin)())
        document = self.put(COLLECTIONS[0])
        for person in PEOPLE:
            self.ask(person)
        return document

    def _begin(self):
        factories.make_deployment("offline", kind="offline")
        self.people = {name: factories.make_person(name) for name in PEOPLE}
        self.groups = {name: Group.objects.create(name=name) for name in GROUPS}
        self.collections = {name: Collection.objects.create(name=name) for name in COLLECTIONS}
        self.source = DataSource(name="Library", on_by_default=True)
        self.source.configure("local", {"collections": list(COLLECTIONS), "strictness": 1, "top_n_documents": 10})
        self.source.save()
        self.clients = {name: factories.browser_of(person) for name, person in self.people.items()}

    def run(self, doing):
        return self.loop.run(doing)

    # what an owner does

    @rule(target=documents, collection=collections)
    def add(self, collection):
        return self.put(collection)

    def put(self, collection):
        number = self._number(collection)
        document = self.run(self._put(collection, f"titlex{number}x.md", number))
        self.holds[document] = self.names[document] = (collection, number)
        return document

    @rule(document=documents)
    def replace(self, document):
        if document not in self.holds:
            return
        collection, named = self.names[document]
        number = self._number(collection)
        assert self.run(self._put(collection, f"titlex{named}x.md", number)) == document
        self.holds[document] = (collection, number)

    @rule(document=documents, for_good=st.booleans())
    def delete(self, document, for_good):
        if self.holds.pop(document, None) or for_good:
            self.run(sync_to_async(_delete)(document, for_good))

    @rule(collection=collections, group=groups)
    def share(self, collection, group):
        """Or unshare, if it is shared with the group."""
        self.readers[collection] ^= {group}
        change = "add" if group in self.readers[collection] else "remove"
        self.run(sync_to_async(getattr(self.collections[collection].groups, change))(self.groups[group]))

    # what an administrator does

    @rule(person=people, group=groups)
    def join(self, person, group):
        """Or leave."""
        self.members[person] ^= {group}
        change = "add" if group in self.members[person] else "remove"
        self.run(sync_to_async(getattr(self.people[person].groups, change))(self.groups[group]))

    @rule(allowed=st.sets(groups, max_size=1))
    def grant(self, allowed):
        self.asking = allowed
        self.run(sync_to_async(self.source.groups.set)([self.groups[each] for each in allowed]))

    # what people do

    @rule(person=people)
    def ask(self, person):
        """What was given to the model, and what it said, is of documents as they are, that this person may read."""
        conversation, message = self.run(self._ask(person))
        self.answers[person].append((conversation, message))
        self._check_given(person, message)

    @rule(person=people)
    def look(self, person):
        """Pages show of old answers what may be read today; what an answer itself said stays its person's."""
        for conversation, message in self.answers[person][-3:]:
            self._look(person, conversation, message, EVERY)

    @invariant()
    def nothing_is_shown(self):
        self.looked += 1
        person = PEOPLE[self.looked % 2]
        self._look(person, *self.answers[person][-1], SOME)

    def _look(self, person, conversation, message, ends):
        said = canaries(self.run(sync_to_async(_said)(person)))
        pages = self.run(sync_to_async(self._pages)(person, conversation, message, ends))
        for name, page in pages.items():
            shown = canaries(page) - said
            wrong = {each for each in shown if self._collection(each) not in self._readable(person)}
            assert not wrong, f"{name} shows {person} {wrong}"
        self._check_count(person, message, pages[FOUND])

    @rule(person=people)
    def browse(self, person):
        """The documents' own pages list what can be found and read, and nothing else."""
        pages = self.run(sync_to_async(self._shelves)(person))
        shown = {int(re.sub(r"\D", "", each)) for each in canaries(pages)}
        mine = self._readable(person, source=False)
        assert shown == {self.names[each][1] for each in self.holds if self.names[each][0] in mine}

    # the model

    def _number(self, collection):
        self.made += 1
        self.was[self.made] = collection
        return self.made

    def _collection(self, canary):
        return self.was[int(re.sub(r"\D", "", canary))]

    def _readable(self, person, source=True):
        mine = self.members[person]
        if source and self.asking and not self.asking & mine:
            return set()
        return {each for each in COLLECTIONS if not self.readers[each] or self.readers[each] & mine}

    def _check_given(self, person, message):
        rows, text = self.run(sync_to_async(_evidence)(message))
        mine = {each: held[1] for each, held in self.holds.items() if held[0] in self._readable(person)}
        told = {f"{kind}x{number}x" for number in mine.values() for kind in ("fact", "beside")}
        told |= {f"titlex{self.names[each][1]}x" for each in mine}
        assert canaries(rows) <= told
        assert canaries(text) <= told
        assert bool(rows) == bool(mine), "what may be read is found"

    def _check_count(self, person, message, found):
        """The count on “How this was found” is of what may be read."""
        contents = self.run(sync_to_async(_contents)(message))
        mine = [each for each in contents if self._collection(min(canaries(each))) in self._readable(person)]
        counted = re.search(r"(\d+) passages from", found)
        assert (int(counted[1]) if counted else 0) == len(mine)

    # the product

    async def _put(self, collection, filename, number):
        words = (
            f"The parking allowance is factx{number}x euros.\n\n# Parking\n\nThe parking beside it is besidex{number}x."
        )
        added = await sync_to_async(add)(self.collections[collection], filename, words.encode(), None)
        await runner.run_out()
        return added.document.pk

    async def _ask(self, person):
        talk = Talk(self.people[person], await factories.aclient_of(self.people[person]))
        answer = await talk.asked("How much is the parking allowance?")
        assert answer.state == "complete"
        return talk.pk, answer.pk

    def _pages(self, person, conversation, message, ends):
        client = self.clients[person]
        addresses = {end: f"/c/{conversation}/{end.format(message)}" for end in ends}
        pages = {end: client.get(address).content.decode() for end, address in addresses.items()}
        return pages

    def _shelves(self, person):
        client = self.clients[person]
        mine = [client.get(f"/documents/{each.pk}/") for each in self.collections.values()]
        return "".join(each.content.decode() for each in mine if each.status_code == 200)

    def teardown(self):
        async def end():
            await settled()
            await net.aclose()
            await sync_to_async(_empty)()

        self.run(end())
        self.loop.close()


def _delete(document, for_good):
    found = Document.objects.filter(pk=document)
    if for_good:
        found.delete()
    else:
        found.get().throw_away()


def canaries(text):
    return {each.lower() for each in CANARY.findall(text)}


def _said(person):
    texts = Conversation.objects.filter(owner__username=person).values_list("messages__text", flat=True)
    return json.dumps(list(texts))


def _evidence(message):
    """All that was frozen of an answer, and what it said."""
    rows = Evidence.objects.filter(message=message).select_related("message")
    return "".join(f"{each.title} {each.filepath} {each.content}\n" for each in rows), Message.objects.get(
        pk=message
    ).text


def _contents(message):
    return list(Evidence.objects.filter(message=message).values_list("content", flat=True))


def _empty():
    for model in (Conversation, DataSource, Collection, Group, User):
        model.objects.all().delete()
    factories.Deployment.objects.all().delete()
    close_old_connections()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))


def test_nobody_is_shown_what_they_may_not_read_now(transactional_db, quick):
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    stories = settings(
        max_examples=max(1, STEPS // LONG),
        stateful_step_count=LONG,
        deadline=None,
        suppress_health_check=checks,
        database=None,
    )
    run_state_machine_as_test(Library, settings=stories)
