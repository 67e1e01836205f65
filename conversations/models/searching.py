"""Finding conversations by words of their titles and messages, on both databases in the same way.

Every text is cut into words by us, because what databases cut is of no use for Korean, Chinese and Japanese: there each
pair of neighbouring characters is a word. SQLite keeps the words in an FTS5 table, PostgreSQL in a GIN index; both are
made and kept by the migration (0002), from the rows of this table.
"""

import re
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import connection, connections, models
from django.db.models.expressions import RawSQL

from conversations.texts.words import CJK, fold

if TYPE_CHECKING:
    from conversations.models.conversation import Conversation
    from conversations.models.message import Message

LONGEST = 50_000  # characters of a text that are searched: PostgreSQL takes a megabyte of words
LONGEST_WORD = 64  # characters; of longer ones the rest is left out
MOST_WORDS = 12  # of a search
MOST_FOUND = 1000  # texts that SQLite looks at, the newest: a word may be in all of them
NEWEST = "SELECT rowid FROM conversations_search WHERE conversations_search MATCH %s ORDER BY rowid DESC LIMIT %s"
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+", re.UNICODE)
_IS_CJK = re.compile(rf"[{CJK}]")


def words(text: str) -> list[str]:
    """Words of `text` in the form in which they are compared: folded, without accents; CJK in pairs."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if _IS_CJK.match(run) and len(run) > 1:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            found.append(run[:LONGEST_WORD])
    return found


class SearchTextQuerySet(models.QuerySet["SearchText"]):
    def matching(self, owner: models.Model, query: str) -> Self:
        """Texts of this person's conversations that hold every word of `query`, the last one also as a beginning."""
        wanted = list(dict.fromkeys(words(query)))[:MOST_WORDS]
        mine = self.filter(owner_id=owner.pk, conversation__deleted=None, conversation__temporary=False)
        if not wanted:
            return mine.none()
        if connections[self.db].vendor == "sqlite":
            terms = [f'"{each}"' for each in (_owned(owner.pk), *wanted)]
            return mine.filter(pk__in=RawSQL(NEWEST, [" ".join(terms) + "*", MOST_FOUND]))
        terms = [f"'{each}'" for each in (_owned(owner.pk), *wanted)]
        matches = RawSQL(
            "to_tsvector('simple', conversations_searchtext.words) @@ to_tsquery('simple', %s)",
            [" & ".join(terms) + ":*"],
            output_field=models.BooleanField(),
        )
        return mine.filter(matches)


class SearchText(models.Model):
    """A title (without a message) or a message's text, as words."""

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    message = models.OneToOneField("conversations.Message", models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    words = models.TextField()

    objects = SearchTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "conversation", condition=models.Q(message=None), name="one_search_text_for_each_title"
            )
        ]

    def __str__(self) -> str:
        return f"words of {self.message_id or self.conversation_id}"

    @classmethod
    def of_title(cls, conversation: "Conversation") -> None:
        """Make the title searchable, instead of the one before; not that of a temporary one."""
        if conversation.temporary:
            return
        found = kept(conversation.owner_id, conversation.title)
        if not cls.objects.filter(conversation=conversation, message=None).update(words=found):
            cls.objects.create(conversation=conversation, owner_id=conversation.owner_id, words=found)

    @classmethod
    def of_message(cls, message: "Message", text: str) -> None:
        """Make `text`, which `message` has now, searchable; one statement, as every answer needs it.

        Of what is temporary no word is kept in an index, where it could outlive its row.
        """
        if message.conversation.temporary:
            return
        entry = SearchText(
            message=message,
            conversation_id=message.conversation_id,
            owner_id=message.owner_id,
            words=kept(message.owner_id, text),
        )
        SearchText.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["message"], update_fields=["words"]
        )


def merge() -> None:
    """Let nothing of deleted texts and passages be left: SQLite keeps their words until parts of an index are merged.

    It writes the indexes anew, which takes seconds where there is very much.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for index in ("conversations_search", "conversations_passages"):
                cursor.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")


def _owned(owner: int) -> str:
    """A word that only this person's texts have, too long to be written: the index itself leaves out all others."""
    return f"owner{owner:0{LONGEST_WORD}}"


def kept(owner: int, text: str) -> str:
    return " ".join([_owned(owner), *words(text[:LONGEST])])
