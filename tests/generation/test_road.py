"""The road of a question: post, row, generation, render, socket."""

from conversations.models import Message, State
from conversations.rendering import blocks
from tests import factories
from tests.conftest import settled
from tests.tab import Tab


async def test_a_question_is_answered_while_a_tab_looks_on(signed_in, person, offline):
    address, form = factories.question(person, "write a table")
    conversation = address.split("/")[2]
    async with Tab(signed_in, conversation) as tab:
        response = await signed_in.post(address, form, headers={"HX-Request": "true"})
        assert response.status_code == 200
        await tab.until("complete")
    await settled()
    answer = await Message.objects.aget(role="assistant")
    assert answer.state == State.COMPLETE
    assert tab.blocks[str(answer.pk)] == blocks(answer.text)
