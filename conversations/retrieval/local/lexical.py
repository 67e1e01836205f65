"""Passages by their words: the database proposes by the rarer words, and BM25 over all of them decides.

SQLite keeps an FTS5 table, PostgreSQL a generated tsvector (migration 0012). Their own scores differ, and count what
others' collections hold; ours do neither: idf is that of the collections searched, nothing else is counted.
"""

from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence

from django.db import connections, models

from conversations.models import Chunk, Document, Term
from conversations.retrieval.signals import K1, B, idf

TITLE = 3.0  # a word of title or headings counts as often
USUAL_LENGTH = 90.0  # terms of a passage of a thousand characters, which is what they are cut to
FEW = 3000  # passages that the words looked for may have together: what more costs, and hardly changes
COMMON = 0.10  # of the passages: a word that more have is not looked for if there is a rarer one
SMALL = 2000  # passages: below that, no word is too common
PROPOSED = 150
# bm25() counts the rows of everything that is matched, so the collections, which are in most rows, are matched apart.
SQLITE = """
SELECT rowid FROM conversations_passages WHERE conversations_passages MATCH %s
AND +rowid IN (SELECT rowid FROM conversations_passages WHERE conversations_passages MATCH %s)
ORDER BY bm25(conversations_passages, 0, 3, 1) LIMIT %s
"""
POSTGRESQL = """
SELECT id FROM conversations_chunk WHERE collection_id = ANY(%s) AND passage @@ to_tsquery('simple', %s)
ORDER BY {} DESC LIMIT %s
"""
SQLITE_ONE = "SELECT rowid FROM conversations_passages WHERE conversations_passages MATCH %s AND rowid = %s"
POSTGRESQL_ONE = "SELECT id FROM conversations_chunk WHERE passage @@ to_tsquery('simple', %s) AND id = %s"
RANK = "%s * ts_rank('{{0.33, 0.33, 0.33, 1}}', passage, to_tsquery('simple', %s))"


def passages(collections: Ids[int]) -> int:
    """How many there are to be found."""
    found = Document.objects.filter(collection__in=list(collections), deleted=None)
    return found.aggregate(all=models.Sum("chunks_count"))["all"] or 0


def weights(collections: Ids[int], words: Ids[str]) -> dict[str, float]:
    """idf of each of `words` in these collections together."""
    count, having = passages(collections), Term.having(collections, words)
    return {word: idf(count, having.get(word, 0)) for word in words}


def find(collections: Ids[int], words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """Ids of passages with their BM25, the best first; `words` as `asked` gives them."""
    count, having = passages(collections), Term.having(collections, words)
    rare = rarer(having, count)
    if not rare:
        return []
    known = {word: idf(count, having.get(word, 0)) for word in words}
    proposed = _proposed(collections, rare, known)
    rows = Chunk.objects.current().filter(pk__in=proposed, collection__in=list(collections))
    texts = rows.values_list("pk", "titles", "words")
    scored = [(pk, bm25(titles.split(), text.split(), known)) for pk, titles, text in texts]
    return sorted(scored, key=lambda each: (-each[1], each[0]))[:limit]


def finds(passage: int, collection: int, words: Sequence[str]) -> bool:
    """Do `words` lead to this passage of the collection, however many others they lead to before it?"""
    rare = rarer(Term.having([collection], words), passages([collection]))
    if not rare or not Chunk.objects.current().filter(pk=passage, collection=collection).exists():
        return False
    connection = connections[Chunk.objects.db]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SQLITE_ONE, [f"{_mine([collection])} AND {_any(rare)}", passage])
        else:
            cursor.execute(POSTGRESQL_ONE, [" | ".join(f"'{each}'" for each in rare), passage])
        return cursor.fetchone() is not None


def rarer(having: Mapping[str, int], count: int) -> list[str]:
    """Of the words that are there at all, those to look for: never all of them when some are everywhere."""
    found: list[str] = []
    together = 0
    for word in sorted(having, key=lambda each: (having[each], each)):
        together += having[word]
        if found and count > SMALL and (together > FEW or having[word] > COMMON * count):
            break
        found.append(word)
    return found


def bm25(titles: Sequence[str], words: Sequence[str], weights: Mapping[str, float]) -> float:
    damp = K1 * (1 - B + B * len(words) / USUAL_LENGTH)
    score = 0.0
    for word, weight in weights.items():
        if often := words.count(word) + TITLE * titles.count(word):
            score += weight * often * (K1 + 1) / (often + damp)
    return score


def _proposed(collections: Ids[int], words: Sequence[str], weights: Mapping[str, float]) -> list[int]:
    connection = connections[Chunk.objects.db]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = _any(words)
            cursor.execute(SQLITE, [wanted, f"{_mine(collections)} AND {wanted}", PROPOSED])
        else:
            quoted = [f"'{each}'" for each in words]
            ranks = [fact for each, word in zip(quoted, words, strict=True) for fact in (weights[word], each)]
            sql = POSTGRESQL.format(" + ".join([RANK.format()] * len(words)))
            cursor.execute(sql, [list(collections), " | ".join(quoted), *ranks, PROPOSED])
        return [pk for (pk,) in cursor.fetchall()]


def _mine(collections: Ids[int]) -> str:
    mine = " OR ".join(f'"collection{each:064}"' for each in collections)
    return f"collection : ({mine})"


def _any(words: Ids[str]) -> str:
    wanted = " OR ".join(f'"{each}"' for each in words)
    return f"{{titles words}} : ({wanted})"
