"""What every store here holds, and how it ranks: BM25 over words, cosine over counted words."""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

DIMENSIONS = 64
DOCUMENTS: list[dict[str, Any]] = [
    {
        "id": "leave-1",
        "title": "Parental leave",
        "content": "Parents may take twenty-six weeks of parental leave after a birth.",
        "url": "https://intranet.test/leave",
        "filepath": "handbook/leave.md",
        "groups": ["staff", "o'brien, sons"],
    },
    {
        "id": "travel-1",
        "title": "Travel",
        "content": "Trains are booked in second class, flights need a manager's consent.",
        "url": "https://intranet.test/travel",
        "filepath": "handbook/travel.md",
        "groups": ["staff", "travellers"],
    },
    {
        "id": "board-1",
        "title": "Board minutes",
        "content": "The board discussed the merger with a competitor.",
        "url": "https://intranet.test/board",
        "filepath": "board/minutes.md",
        "groups": ["board"],
    },
]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Counted words, hashed: texts that share words are near each other."""
    counted = [0.0] * dimensions
    for word in words(text):
        counted[zlib.crc32(word.encode()) % dimensions] += 1
    length = math.hypot(*counted) or 1.0
    return [each / length for each in counted]


def cosine(one: list[float], other: list[float]) -> float:
    length = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0


def bm25(query: str, texts: list[str]) -> list[float]:
    """One score a text; 0 where no word fits."""
    split = [words(text) for text in texts]
    average = sum(map(len, split)) / max(len(split), 1) or 1
    scores = []
    for each in split:
        counts, score = Counter(each), 0.0
        for word in set(words(query)):
            held = sum(word in other for other in split)
            idf = math.log(1 + (len(split) - held + 0.5) / (held + 0.5))
            score += idf * counts[word] * 2.2 / (counts[word] + 1.2 * (0.25 + 0.75 * len(each) / average))
        scores.append(score)
    return scores


def best(scored: Iterable[tuple[float, dict[str, Any]]], limit: int) -> list[tuple[float, dict[str, Any]]]:
    return sorted(scored, key=lambda each: -each[0])[:limit]
