"""Figures, not tests: `python -m tests.rendering.measure` prints what rendering costs on this machine, and
`… measure lexers [alias …]` how long Pygments' lexers take on code made to be slow (see rendering/languages.py)."""

import re
import sys
import time
from collections.abc import Callable

from conversations.rendering import Screen, blocks, languages

PARAGRAPH = (
    "You **qualify**: the handbook asks for six months. That gives you `18 weeks` at full pay, in one piece. " * 3
)
SECTION = f"""## What you get

{PARAGRAPH}

- first **item** of a list
- second item with `code`
  - and one below it

```python
def weeks(months: int) -> int:
    return 18 if months >= 6 else 0  # see page 12
```

| Leave | Length | Pay |
|---|---|--:|
| Around the birth | 2 weeks | 100 % |
| Later | 16 weeks | 100 % |

{PARAGRAPH}

"""
GROWN = {
    "sections": SECTION * 40,
    "paragraphs": f"{PARAGRAPH}\n\n" * 100,
    "one list": "- **Item** of a long list\n  - and one below it, a little longer\n" * 400,
    "one table": "| Leave | Length | Pay |\n|---|---|---|\n" + "| Later | 16 weeks | 100 % |\n" * 900,
    "one code block": "```python\n" + "    x = f(1) + 'a'  # c\n" * 900,
    "one paragraph": PARAGRAPH * 80,
}
REPEATED = """
( " "a {} <a /* ${ \\ # 1 [ a= - a. a: ` < @a & | ; % * a(b a.b(c, a_b R"( $( public class <<a // --- ::: ''' '\\n
"""
WIDTH = 299  # wider lines are not `calm`


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def grow(text: str, step: int = 4) -> tuple[float, float]:
    """Mean and largest CPU seconds of a show, for a text that grows by `step` characters each time."""
    screen = Screen()
    cuts = range(step, len(text), step)
    times = [seconds(lambda cut=cut: screen.show(text[:cut])) for cut in cuts]
    return sum(times) / len(times), max(times)


def slowest(alias: str) -> tuple[float, str]:
    """The piece of hostile code that keeps this lexer busy for longest: CPU seconds and the piece."""
    lexer = languages.lexer(alias)
    assert lexer is not None, f"{alias} is not highlighted"
    found = []
    for piece in REPEATED.split():
        for text in (piece, f"{piece} ", f"{piece}\n", f"a {piece}\n", f"\n\n\n{piece}"):
            code = re.sub(f"([^\n]{{{WIDTH}}})", r"\1\n", (text * languages.LONGEST)[: languages.LONGEST])
            code = code[: languages.LONGEST]
            found.append((seconds(lambda code=code: list(lexer.get_tokens(code))), text))
    return max(found)


def main(what: str = "shows", *aliases: str) -> None:
    if what == "lexers":
        for alias in aliases or sorted(languages.SAFE):
            print("{1:6.2f} s  {0:20} {2!r}".format(alias, *slowest(alias)))
        return
    blocks(SECTION)  # loads the lexer
    cost = seconds(lambda: [blocks(PARAGRAPH) for _ in range(1000)])
    print(f"a paragraph of {len(PARAGRAPH)} characters: {cost * 1000:.0f} µs")
    for name, text in GROWN.items():
        mean, worst = grow(text[:20_000])
        print(f"20 KB of {name:15} mean {mean * 1e6:6.0f} µs, most {worst * 1e6:6.0f} µs a show")


if __name__ == "__main__":
    main(*sys.argv[1:])
