"""Looks into the database of a server that may be dead."""

import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass

ANSWER = """
SELECT a.id, a.conversation_id, q.text, a.text, a.state
FROM conversations_message a JOIN conversations_message q ON q.id = a.parent_id WHERE a.id = ?
"""
NEWEST = "SELECT id FROM conversations_message WHERE conversation_id = ? ORDER BY created DESC LIMIT 1"
RUNNING = "SELECT id FROM conversations_message WHERE state IN ('pending', 'streaming')"


@dataclass(frozen=True)
class Answer:
    pk: uuid.UUID
    conversation: uuid.UUID
    question: str
    text: str
    state: str


class Rows:
    """`data` is the server's DATA_DIR."""

    def __init__(self, data):
        self.path = data / "chatapp.sqlite3"

    def answer(self, pk):
        [(found, conversation, *rest)] = self._query(ANSWER, pk.hex)
        return Answer(uuid.UUID(found), uuid.UUID(conversation), *rest)

    def newest(self, conversation):
        return uuid.UUID(self._query(NEWEST, conversation.hex)[0][0])

    def running(self):
        return self._query(RUNNING)

    def _query(self, sql, *values):
        with closing(sqlite3.connect(self.path, timeout=20)) as database:
            return database.execute(sql, values).fetchall()
