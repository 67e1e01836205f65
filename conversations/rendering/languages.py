"""Programming languages: what a fence's first word is called, and whether Pygments may read it.

Pygments' lexers are regular expressions, and some take time with the square or the cube of the
length on code that is made for it: "a\\n" two thousand times is seconds of C#. So only lexers are
used that stayed under a second for each of the hostile texts of tests/rendering/measure.py, and
only on code that is `calm`. Java, C# and Groovy borrow the lexer of a relative.
"""

import re
from functools import cache

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name

LONGEST = 10_000  # characters; longer code is shown plain

_NAMES = """
abap ada awk bash batch c clojure cmake cobol coffeescript common-lisp console cpp css cuda
cypher dart dax delphi diff django docker elixir elm erlang fish fortran fsharp gherkin go
graphql haskell html http ini javascript json json5 jsx julia kotlin kql lua make matlab mysql
nginx nixos objective-c ocaml perl php plpgsql postgresql powershell prolog promql properties
protobuf psql puppet pwsh-session pycon python racket restructuredtext robotframework ruby rust
sass scala scheme scss sed solidity sparql splus sql sqlite3 swift tex toml tsql tsx typescript
vb.net verilog vhdl vim vue xml xquery xslt yaml zig
"""
_STAND_IN = {"java": "typescript", "csharp": "typescript", "groovy": "typescript"}
SAFE = frozenset(_NAMES.split())
_UNCALM = re.compile(r"[^\n]{300}|(?:[^\S\n]*\n){10}")
_KNOWN = {alias: (name, aliases[0]) for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}


def name(word: str) -> str:
    """The language's name as people write it, or the word itself; "" for plain text."""
    shown, alias = _KNOWN.get(word.lower(), (word, ""))
    return shown if alias != "text" else ""


def lexer(word: str) -> Lexer | None:
    """A lexer for the fence's word; None if the language is unknown or its lexer is not safe."""
    _, alias = _KNOWN.get(word.lower(), ("", ""))
    alias = _STAND_IN.get(alias, alias)
    return _load(alias) if alias in SAFE else None


def calm(code: str) -> bool:
    """Whether code is laid out in lines as people do: what lexers are slow on mostly is not."""
    return len(code) <= LONGEST and _UNCALM.search(code) is None


@cache
def _load(alias: str) -> Lexer:
    return get_lexer_by_name(alias, stripnl=False, ensurenl=False)
