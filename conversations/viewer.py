"""What one viewer of a conversation may see, and is shown: the database's side of the socket, in its thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from conversations import generation
from conversations.models import Conversation, Message, Role, User
from conversations.rendering import Cited
from conversations.views import citing, present, sidebar
from conversations.views.access import find_conversation, find_message


class Viewer:
    """`person` looking at `conversation`, which is found again through the person each time."""

    def __init__(self, person: User, conversation: UUID, *, language: str, zone: str, session: str) -> None:
        self.person = person
        self.conversation = conversation
        self.language = language
        self.zone = zone
        self.session = session

    def signed_in(self) -> bool:
        """Is the session that opened this socket still one of an active person, with today's password?"""
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(self.session)
        return bool(get_user(request).is_authenticated)

    def begun(self, query: bytes) -> tuple[list[dict[str, Any]], list[UUID]]:
        """Articles that the page has missed, and answers to follow: being written, or not as the page has them."""
        try:
            mine = find_conversation(self.person, self.conversation)
        except Http404:
            return [], []
        asked = parse_qs(query.decode("latin-1"), keep_blank_values=True)
        last, state = (asked.get(name, [None])[0] for name in ("after", "state"))
        followed = mine.messages.running()
        if last and last == str(mine.leaf_id) and state:
            followed |= mine.messages.filter(pk=last, role=Role.ASSISTANT).exclude(state=state)
        return self._missed(mine, last), list(followed.values_list("pk", flat=True))

    def message(self, message: UUID) -> Message | None:
        try:
            found = find_message(self.person, self.conversation, message)
        except Http404:
            return None
        return found if found.role == Role.ASSISTANT else None

    def articles(self, message: UUID) -> list[dict[str, Any]]:
        """The question and the answer, as articles; nothing unless they are this person's."""
        answer = self.message(message)
        if answer is None or answer.parent is None:
            return []
        return self._as_articles(answer.conversation, [answer.parent, answer])

    def _missed(self, mine: Conversation, last: str | None) -> list[dict[str, Any]]:
        """Articles of the current branch that follow the last one on the page; none if the page is elsewhere."""
        if last is None or last == str(mine.leaf_id or ""):
            return []
        path = mine.path()
        ids = [str(each.pk) for each in path]
        if last and last not in ids:
            return []
        return self._as_articles(mine, path[ids.index(last) + 1 :] if last else path)

    def _as_articles(self, conversation: Conversation, messages: list[Message]) -> list[dict[str, Any]]:
        with self.in_their_words():
            return [
                {
                    "type": "article",
                    "message": shown["id"],
                    "parent": shown["parent"] or None,
                    "epoch": shown["epoch"],
                    "state": shown["state"],
                    "html": render_to_string("conversations/_article.html", {"message": shown, "person": self.person}),
                }
                for shown in present.turns(conversation, messages)
            ]

    def state(self, message: UUID, view: generation.View) -> dict[str, Any] | None:
        answer = self.message(message)
        if answer is None:
            return None
        with self.in_their_words():
            shown = present.one(answer.conversation, answer, view)
            html = render_to_string("conversations/_article.html", {"message": shown, "person": self.person})
        return {
            "type": "state",
            "message": str(message),
            "epoch": view.epoch,
            "state": str(view.state),
            "html": html,
        }

    def cited(self, message: UUID) -> Cited | None:
        """What the citations of this answer lead to; None if it was given no documents."""
        answer = self.message(message)
        if answer is None:
            return None
        citing.gather([answer])
        with self.in_their_words():
            return citing.cited(answer, citing.Allowed.of(self.person.reader(), [answer]))

    def seen(self) -> bool:
        return Conversation.objects.for_user(self.person).filter(pk=self.conversation).seen()

    def stay(self) -> None:
        """Its page is open."""
        Conversation.objects.for_user(self.person).filter(pk=self.conversation).stay()

    def sidebar(self) -> str:
        with self.in_their_words():
            context = sidebar.listing(self.person, self.conversation)
            return render_to_string("conversations/_sidebar_list.html", context)

    @contextmanager
    def in_their_words(self) -> Iterator[None]:
        with translation.override(self.language), timezone.override(self.zone):
            yield
