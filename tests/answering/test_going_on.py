"""An answer from documents that was cut off goes on where it stopped, with the same documents and markers."""

from conversations.answering import Passage
from conversations.answering.admission import Candidate
from conversations.answering.documents import Documents, answer, find
from conversations.completions.endpoints import Endpoint
from conversations.completions.offline.persona import reply
from conversations.completions.wire import ChatRequest, Choice, Chunk, Delta, Message, plain
from conversations.generation.work import CONTINUE
from conversations.models import Reader
from tests.grounding.memory import setting

LEAVE = Passage(
    1, 1, "Handbook", "Employees have 25 days of annual leave. Unused days of annual leave expire in March."
)
QUESTION = "How many days of annual leave have employees, and when do unused days expire?"
BEGUN = "Employees have 25 days of annual leave. [doc1] Unused"


async def through(request: ChatRequest):
    """The offline deployment, in one piece."""
    text = reply([plain(each) for each in request.messages])
    yield Chunk(choices=[Choice(delta=Delta(content=text), finish_reason="stop")])


async def test_the_answer_so_far_keeps_its_markers_so_that_the_rest_fits_it() -> None:
    conversation = [("user", QUESTION), ("assistant", BEGUN), ("user", CONTINUE)]
    request = ChatRequest(messages=[Message(role=role, content=text) for role, text in conversation])
    documents = Documents(settings=[setting()], kept=[LEAVE], begun=BEGUN)
    candidate = Candidate(1, "Offline", Endpoint("offline", "", "offline"), 8000)
    [found] = [step async for step in find(request, documents, candidate, Reader(1))]
    parts = [part async for part in answer(request, documents, found, candidate, through)]
    said = "".join(part.choices[0].delta.content or "" for part in parts if isinstance(part, Chunk))
    assert said == " days of annual leave expire in March. [doc1]"
    assert not [part for part in parts if not isinstance(part, Chunk)]  # nothing is found anew
