"""Who reads what is shared, today; what they are shown; and the copy that is theirs."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import Busy, Conversation, Feature, Share, State, User
from tests import factories


@pytest.fixture
def group(transactional_db):
    return Group.objects.create(name="Finance")


@pytest.fixture
def bob(transactional_db):
    return factories.make_person("bob")


@pytest.fixture
def conversation(person, offline):
    made = factories.make_conversation(person, deployment=offline)
    factories.make_turn(made, answer="Eighteen weeks.")
    return made


def reads(person, share):
    return Share.objects.for_reader(person.reader()).filter(pk=share.pk).exists()


def listed(person, share):
    return Share.objects.given_to(person.reader()).filter(pk=share.pk).exists()


def test_a_token_cannot_be_guessed(conversation):
    tokens = {Share.make(conversation).token for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(each) >= 32 for each in tokens)  # 6 bits each


def test_it_is_read_by_the_people_named_and_by_its_owner(person, bob, stranger, conversation):
    share = Share.make(conversation, people=[bob])
    assert reads(bob, share)
    assert reads(person, share)
    assert not reads(stranger, share)
    assert listed(bob, share)
    assert not listed(person, share)


def test_a_group_s_members_of_today_read_it(bob, group, conversation):
    share = Share.make(conversation, groups=[group])
    assert not reads(bob, share)
    bob.groups.add(group)
    assert reads(bob, share)
    assert listed(bob, share)
    bob.groups.clear()
    assert not reads(bob, share)


def test_a_deleted_group_opens_it_to_nobody(bob, group, conversation):
    share = Share.make(conversation, groups=[group])
    bob.groups.add(group)
    group.delete()
    assert not reads(bob, share)


def test_shared_with_everybody_it_is_read_by_address_and_in_nobody_s_list(bob, conversation):
    share = Share.make(conversation, everybody=True)
    assert reads(bob, share)
    assert not listed(bob, share)


def suspend(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def withdraw(person):
    person.groups.add(denied := Group.objects.create(name="Denied"))
    Feature.objects.get(name=Feature.Name.SHARING).denied.add(denied)


@pytest.mark.parametrize(
    "happens",
    [
        lambda share, owner, reader: share.revoke(),
        lambda share, owner, reader: suspend(owner),
        lambda share, owner, reader: suspend(reader),
        lambda share, owner, reader: withdraw(owner),
        lambda share, owner, reader: share.conversation.throw_away(),
    ],
    ids=["revoked", "owner suspended", "reader suspended", "owner may not share", "deleted"],
)
@pytest.mark.parametrize("whom", ["person", "group", "everybody"])
def test_it_ends_at_once(person, bob, group, conversation, happens, whom):
    bob.groups.add(group)
    with_whom = {"person": {"people": [bob]}, "group": {"groups": [group]}, "everybody": {"everybody": True}}
    share = Share.make(conversation, **with_whom[whom])
    assert reads(bob, share)
    happens(share, person, bob)
    assert not reads(bob, share)
    assert not listed(bob, share)


def test_a_reader_who_may_not_share_reads(bob, conversation):
    withdraw(bob)
    assert reads(bob, Share.make(conversation, people=[bob]))


def test_what_is_asked_and_answered_later_is_not_shown(conversation):
    share = Share.make(conversation, everybody=True)
    factories.make_turn(conversation, question="And then?", answer="Later.")
    again = conversation.answer_again(conversation.path()[0])
    assert [each.text for each in share.path()] == ["Hello?", "Eighteen weeks."]
    assert again.pk not in {each.pk for each in share.path()}


def test_nor_what_continues_an_answer_that_had_ended_early(person, offline):
    conversation = factories.make_conversation(person, deployment=offline)
    answer = factories.make_turn(conversation, answer="Eighteen", state=State.STOPPED).answer
    share = Share.make(conversation)
    for more in (" weeks", " for everybody"):
        conversation.go_on(answer)
        answer.text, answer.state = answer.text + more, State.STOPPED
        answer.save()
    assert [each.text for each in share.path()] == ["Hello?", "Eighteen"]
    assert share.path()[-1].state == State.STOPPED
    assert Share.make(conversation).path()[-1].text == "Eighteen weeks for everybody"


def test_an_answer_that_is_being_written_is_not_shared(conversation):
    conversation.ask("More?")
    with pytest.raises(Busy):
        Share.make(conversation, everybody=True)
    assert not Share.objects.exists()


def test_the_copy_is_the_reader_s_own_without_what_the_owner_set(person, bob, conversation):
    ours, theirs = factories.make_source("Ours"), factories.make_source("Theirs")
    theirs.groups.add(Group.objects.create(name="Others"))
    conversation.sources.set([ours, theirs])
    conversation.parameters = {"temperature": 0.3}
    conversation.save()
    share = Share.make(conversation, people=[bob])
    made = share.continue_as(bob, share.path())
    assert [(each.role, each.text, each.owner) for each in made.path()] == [
        ("user", "Hello?", bob),
        ("assistant", "Eighteen weeks.", bob),
    ]
    assert (made.owner, made.title, made.deployment) == (bob, conversation.title, conversation.deployment)
    assert (list(made.sources.all()), made.parameters, made.prompt) == ([ours], {}, None)
    assert not made.messages.filter(attempts__isnull=False).exists()
    assert Conversation.objects.for_user(person).count() == 1
    turn = factories.make_turn(made, question="And I?", answer="You too.")
    assert [each.text for each in made.path()][-2:] == ["And I?", "You too."]
    assert turn.question.parent == made.path()[1]


def test_whoever_may_not_ask_its_deployment_goes_on_with_another(bob, conversation):
    second = factories.make_deployment("second")
    conversation.deployment.groups.add(Group.objects.create(name="Others"))
    share = Share.make(conversation, people=[bob])
    assert share.continue_as(bob, share.path()).deployment == second
    second.groups.add(Group.objects.create(name="More"))
    assert share.continue_as(bob, share.path()).deployment is None
