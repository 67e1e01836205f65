"""Which language a text is in, as far as it shows: by its script, else by its small words."""

import re

from conversations.texts.common import SMALL
from conversations.texts.words import fold

LOOKED = 3000  # characters
SHARE = 0.12  # of a text's words that are small ones: usually it is a third, in a list of names nearly none
_SCRIPTS = (
    ("ko", re.compile(r"[가-힣]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_WORD = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """“en”, “fr”, “de”, “ko”, “ja”, “zh”, or nothing if the text does not say."""
    text = text[:LOOKED]
    letters = len(_WORD.findall(text))
    for code, script in _SCRIPTS:
        if len(script.findall(text)) > max(1, letters // 2):
            return code
    words = _WORD.findall(fold(text))
    counts = sorted(((sum(each in small for each in words), code) for code, small in SMALL.items()), reverse=True)
    (most, code), (next_most, _) = counts[0], counts[1]
    return code if most >= max(2, SHARE * len(words)) and most > 1.3 * next_most else ""
