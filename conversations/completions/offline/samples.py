"""Samples of everything an answer can look like: a table, code, a long text."""

import re

from conversations.completions.offline.words import Words
from conversations.texts.words import fold

_MAKE = (
    r"(?:show|write|make|give|create|draw|generate|print|"
    r"montre|montrez|ecris|ecrivez|ecrire|fais|faites|faire|donne|donnez|cree|creez|creer|genere)"
)
_FILLING = (
    r"(?:-?moi|me|us|a|an|some|any|short|small|little|simple|big|nice|long|very|sample|example|"
    r"un|une|du|de|des|petit|python|javascript|sql|shell|bash)"
)
_MADE = r"\s*(?:를|을|로|만|도)?\s*(?:하나|좀|한 개)?\s*(?:보여|만들|써|작성|그려)"  # Korean says it behind
_PLEASE = r"(?:please|pls|sample|example|svp|stp|s['’]il (?:te|vous) plait|in \w+|en \w+)"
_KINDS = {  # folded
    "text": (
        r"(?:long(?: sample)? (?:text|answer)|text of [\d,]+ words|long texte|texte long|texte de [\d ]+ mots)",
        "긴 글",
    ),
    "table": (r"(?:table|tableau)", "표"),
    "code": (r"(?:code|python|javascript|sql|shell script|bash script|python script|python function)", "코드"),
}
_WORDS = re.compile(r"(\d[\d,]*)\s*(?:words|mots|단어)", re.IGNORECASE)
_MOST = 5000  # words

TABLE = """| Planet | Diameter, km | Year, days | Moons |
|---|---:|---:|---:|
| Mercury | 4,879 | 88 | 0 |
| Venus | 12,104 | 225 | 0 |
| Earth | 12,756 | 365 | 1 |
| Mars | 6,792 | 687 | 2 |
| Jupiter | 142,984 | 4,331 | 95 |
| Saturn | 120,536 | 10,747 | 146 |
| Uranus | 51,118 | 30,589 | 28 |
| Neptune | 49,528 | 59,800 | 16 |
"""

CODE = {
    "python": """from datetime import date


def days_until(day: date) -> int:
    \"\"\"Whole days from today until `day`.\"\"\"
    return (day - date.today()).days


print(days_until(date(2027, 1, 1)))
""",
    "javascript": """const counts = new Map();
for (const word of text.toLowerCase().match(/\\p{L}+/gu) ?? []) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
console.log([...counts].sort((a, b) => b[1] - a[1]).slice(0, 10));
""",
    "sql": """SELECT department, count(*) AS people, avg(age) AS mean_age
FROM employees
WHERE left_on IS NULL
GROUP BY department
ORDER BY people DESC;
""",
    "bash": """#!/usr/bin/env bash
set -euo pipefail
find . -name '*.log' -mtime +30 -print0 | xargs -0 --no-run-if-empty rm --
""",
}

_PARAGRAPHS = (
    "A lighthouse keeper writes down the weather four times a day. Most entries are dull, and that is their worth: "
    "only against a thousand quiet evenings does the one *remarkable* night stand out.",
    "Paper remembers differently from people. It keeps the **exact** figure and forgets why anybody wanted it; "
    "people keep the reason and lose the figure.",
    "Between two harbours there are usually three routes: the short one, the safe one, and the one that everybody "
    "takes because somebody once did. A pilot who can say which of them he is on is worth his pay.",
    "바다는 매일 같은 소리를 내지만, 오래 들은 사람은 그 차이를 압니다. 등대지기는 안개가 오기 전에 먼저 창문을 닫았습니다.",
    "Le phare s’allume au coucher du soleil. On ne le remarque que lorsqu’il manque, ce qui est le sort de "
    "presque tout ce qui fonctionne.",
    "Numbers travel badly. “A gale” means one thing to a fisherman and another to an insurer, so the log says "
    "`9 Bft` and leaves the adjectives to the letters home. 🌊",
)


def answer(question: str, words: Words) -> str:
    """The sample that is asked for, said to be one; or nothing."""
    kind = _asked(fold(question)) if len(question) <= 400 else ""
    if not kind:
        return ""
    if kind == "text":
        match = _WORDS.search(question)
        sample = long_text(min(int(match[1].replace(",", "")), _MOST) if match else 1100)
    else:
        sample = TABLE if kind == "table" else _code(question.lower())
    return f"{words.sample}\n\n{sample}"


def _asked(question: str) -> str:
    """Which kind of sample: the one that is to be made, not one that is only spoken of."""
    bare = question.strip(" .!?")
    for kind, (names, korean) in _KINDS.items():
        made = rf"\b{_MAKE}(?:[\s-]+{_FILLING})*[\s-]+{names}\b|(?:^|\s){korean}{_MADE}"
        named = rf"(?:{_FILLING}\s+)*{names}(?: code)?(?:,? {_PLEASE})?|{korean}"
        if re.search(made, question) or re.fullmatch(named, bare) or (kind == "text" and re.match(names, bare)):
            return kind
    return ""


def _code(question: str) -> str:
    names = {"shell": "bash", "자바스크립트": "javascript", **{name: name for name in CODE}}
    name = next((language for word, language in names.items() if word in question), "python")
    return f"```{name}\n{CODE[name]}```\n"


def long_text(wanted: int) -> str:
    """A well-formed text of about `wanted` words with every kind of block in it."""
    parts, count, chapter = ["# The keeper’s log\n"], 0, 0
    while count < wanted:
        chapter += 1
        block = [f"## {chapter}. Watch\n"]
        block += [f"{_PARAGRAPHS[(chapter + at) % len(_PARAGRAPHS)]}\n" for at in range(3)]
        block.append(_interlude(chapter))
        parts += block
        count += sum(len(each.split()) for each in block)
    return "\n".join(parts)


def _interlude(chapter: int) -> str:
    kinds = (
        "- Wind: north-west, 5\n- Sea: moderate\n- Seen:\n  - two trawlers\n  - one seal\n",
        f"| Hour | Wind | Glass |\n|---|---|---:|\n| 06 | NW 4 | {1010 + chapter} |\n| 18 | NW 6 | {1002 + chapter} |\n",
        "> Keep the light, keep the log, and keep your opinions for the boat on Friday.\n",
        f'```python\nwatch = {chapter}\nprint(f"Watch {{watch}}: all is well")\n```\n',
        "1. Trim the lamp.\n2. Wind the clock.\n3. Read the glass, *then* write it down.\n",
    )
    return kinds[chapter % len(kinds)]
