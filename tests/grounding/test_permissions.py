"""Whatever is shared, taken away, replaced and deleted: nobody is shown or answered from what they may not read now.

Random stories over the world of library.py, which keeps who may read what. 500 steps; more with
`PERMISSION_STEPS=10000`.
"""

import os
import re

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conversations.completions.offline.answer import Answer
from conversations.completions.offline.transport import OfflineTransport
from tests.grounding import library
from tests.grounding.library import CALLED, COLLECTIONS, GROUPS, NOBODY, PEOPLE, SENT, World, canaries

STEPS = int(os.environ.get("PERMISSION_STEPS", "500"))
LONG = 50  # steps of a story
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

people, groups, collections = st.sampled_from(PEOPLE), st.sampled_from(GROUPS), st.sampled_from(COLLECTIONS)


class Library(World, RuleBasedStateMachine):
    documents = Bundle("documents")
    looked = 0

    @initialize(target=documents)
    def begin(self):
        """A document for everybody and one elsewhere for a group that all are in, which have been asked for."""
        self.build()
        document = self.put(COLLECTIONS[0])
        self.name(GROUPS[0], CALLED[0])
        self.file(CALLED[0])
        for person in PEOPLE:
            self.join(person, GROUPS[0])
            self.ask(person)
        return document

    # what an owner does

    @rule(target=documents, collection=collections)
    def add(self, collection):
        return self.put(collection)

    def put(self, collection):
        number = self.number(collection, self.was)
        document = self.run(self.upload(collection, f"titlex{number}x.md", number))
        self.holds[document] = self.names[document] = (collection, number)
        return document

    @rule(document=documents)
    def replace(self, document):
        if document not in self.holds:
            return
        collection, named = self.names[document]
        number = self.number(collection, self.was)
        assert self.run(self.upload(collection, f"titlex{named}x.md", number)) == document
        self.holds[document] = (collection, number)

    @rule(document=documents, for_good=st.booleans())
    def delete(self, document, for_good):
        if self.holds.pop(document, None) or for_good:
            self.in_database(library.delete, document, for_good)

    @rule(collection=collections, group=groups)
    def share(self, collection, group):
        """Or unshare, if it is shared with the group."""
        self.readers[collection] ^= {group}
        change = "add" if group in self.readers[collection] else "remove"
        self.in_database(getattr(self.collections[collection].groups, change), self.groups[group])

    @rule(external_id=st.sampled_from(CALLED))
    def file(self, external_id):
        """A document in the index elsewhere, for whoever has this id."""
        self.index.put(self.number(external_id, self.theirs), external_id)

    # what an administrator does

    @rule(person=people, group=groups)
    def join(self, person, group):
        """Or leave."""
        self.members[person] ^= {group}
        change = "add" if group in self.members[person] else "remove"
        self.in_database(getattr(self.people[person].groups, change), self.groups[group])

    @rule(allowed=st.sets(groups, max_size=1))
    def grant(self, allowed):
        self.asking = set(allowed)
        self.in_database(self.source.groups.set, [self.groups[each] for each in allowed])

    @rule(group=groups, external_id=st.sampled_from((*CALLED, None)))
    def name(self, group, external_id):
        """The group is known elsewhere by another id, or by none."""
        if external_id is None or external_id not in self.called.values():
            self.called[group] = external_id
            self.in_database(self.call, group, external_id)

    @rule(group=groups)
    def end(self, group):
        """A group is deleted; what it alone was granted is nobody's, and the next one of its name inherits nothing."""
        self.in_database(self.make_anew, group)
        self.called[group] = None
        for each in self.members.values():
            each.discard(group)
        for each in (*self.readers.values(), self.asking):
            if group in each:
                each.discard(group)
                each |= set() if each else {NOBODY}

    # what people do

    @rule(person=people)
    def ask(self, person):
        """What was given to the model, and what it said, is of documents as they are, that this person may read."""
        conversation, message = self.run(self.question(person))
        self.beside |= set() if self.may_ask(person) else {conversation}
        self._asked(person, conversation, message)
        assert canaries("".join(SENT)) <= self.told(person)

    @rule(person=people)
    def ask_more(self, person):
        """What answers said so far is known to the model, and of what they were given nothing."""
        conversation, _ = self.answers[person][-1]
        before = canaries(self.in_database(library.said, person))
        _, message = self.run(self.question(person, conversation))
        self._asked(person, conversation, message, before)
        assert canaries("".join(SENT)) <= self.told(person) | before

    @rule(person=people)
    def go_on(self, person):
        """A continued answer is written from what it was given, as far as that may be read now."""
        conversation, message = self.answers[person][-1]
        before = canaries(self.in_database(library.said, person))
        if not any(self.in_database(library.contents, message)):  # it is searched for now
            self.held[message] = self.ids(person)
        self.run(self.continued(person, conversation, message))
        wrong = {each for each in canaries("".join(SENT)) - before if not self.may_read(person, each)}
        assert not wrong, f"{person}'s answer goes on with {wrong}"

    def _asked(self, person, conversation, message, before=frozenset()):
        self.answers[person].append((conversation, message))
        self.held[message] = self.ids(person)
        rows, text = self.in_database(library.evidence, message)
        told = self.told(person, conversation)
        assert canaries(rows) <= told
        assert canaries(text) <= told | before
        assert bool(rows) == bool(told), "what may be read is found"

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
        said = canaries(self.in_database(library.said, person))
        pages = self.in_database(self.pages, person, conversation, message, ends)
        for name, page in pages.items():
            wrong = {each for each in canaries(page) - said if not self.may_read(person, each)}
            assert not wrong, f"{name} shows {person} {wrong}"
        self._check_count(person, message, pages[FOUND])

    @rule(person=people)
    def browse(self, person):
        """The documents' own pages list what can be found and read, and nothing else."""
        pages = self.in_database(self.shelves, person)
        shown = {int(re.sub(r"\D", "", each)) for each in canaries(pages)}
        mine = self.readable(person, source=False)
        assert shown == {self.names[each][1] for each in self.holds if self.names[each][0] in mine}

    def _check_count(self, person, message, found):
        """The count on “How this was found” is of what may be read."""
        contents = self.in_database(library.contents, message)
        mine = [each for each in contents if self.shown(person, message, min(canaries(each)))]
        counted = re.search(r"(\d+) passages from", found)
        assert (int(counted[1]) if counted else 0) == len(mine)


@pytest.fixture
def quick(monkeypatch):
    """The model answers at once, and what it was sent is kept."""
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))
    asked = Answer.__init__

    def heard(self, body, *rest):
        SENT.append(str(body["messages"]))
        asked(self, body, *rest)

    monkeypatch.setattr(Answer, "__init__", heard)


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
