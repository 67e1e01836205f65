"""Citation markers of an answer, `[docN]`: placeholders before Markdown, small numbered links after it.

No Markdown can therefore make something else of a marker, and no marker can make Markdown of what stands around it.
A placeholder is a private-use character between two signs that Markdown takes for punctuation, as it does brackets.
"""

import re
from dataclasses import dataclass
from html import escape

from conversations.texts.scanning import STORED, marker

_BASE = 0xE000  # the private-use area of the basic plane
_SIGN = "\u2e3d"
_PLACED = re.compile(f"{_SIGN}([\ue000-\uefff]){_SIGN}")
_ENCODED = re.compile("%E2%B8%BD%EE%[89AB][0-9A-F]%[89AB][0-9A-F]%E2%B8%BD")
_TAG = re.compile(r"<[a-z][^>]*>")
_VERBATIM = re.compile(r'<(code|span class="math[^"]*")>[^<]*')
_LINK = re.compile(r"<a [^>]*>.*?</a>", re.DOTALL)
_APART = re.compile(f"(?<=\\S) +(?={_SIGN}[\ue000-\uefff]{_SIGN})")


@dataclass(frozen=True)
class Cited:
    """What a page knows of an answer's sources.

    `address`: that of a source is this, its small number and a slash. `names`: N of `[docN]` → what it is called.
    `verdicts`: of the mentions in their order, as far as they are known; each is a class, and `words` say it.
    """

    address: str
    names: dict[int, str]
    source: str = "Source {number}: {name}"
    verdicts: tuple[str, ...] = ()
    otherwise: str = ""  # the verdict of all other mentions
    words: tuple[tuple[str, str], ...] = ()


def place(text: str) -> str:
    """`text` with a placeholder for each marker, and without whatever looks like one already."""
    if _SIGN in text:
        text = _PLACED.sub("\ufffd", text)
    return STORED.sub(lambda found: f"{_SIGN}{chr(_BASE + int(found[1]))}{_SIGN}", text) if "[doc" in text else text


def settle(block: str) -> str:
    """A clean block, before links and code are dressed: placeholders stay only where a small number can stand.

    In code and formulas they become the markers they were, in addresses nothing, and out of a link they move behind it.
    """
    if _ENCODED.search(block) or _SIGN in block:
        block = _TAG.sub(lambda tag: literal(_ENCODED.sub("", tag[0])), block)
        block = _VERBATIM.sub(lambda code: literal(code[0]), block)
        block = _LINK.sub(lambda link: _PLACED.sub("", link[0]) + "".join(_placeholders(link[0])), block)
        block = _APART.sub("", block)  # the number stands at its word, whether the model wrote a space or not
    return block


def mentions(block: str) -> list[int]:
    """N of every placeholder of a settled block, in their order."""
    return [ord(each) - _BASE for each in _PLACED.findall(block)]


def literal(text: str) -> str:
    """Placeholders as the markers they were."""
    return _PLACED.sub(lambda found: marker(ord(found[1]) - _BASE), text) if _SIGN in text else text


def link(block: str, cited: Cited, before: list[int]) -> str:
    """The block with a link for each placeholder; `before`: the mentions of all blocks before it.

    Numbers are dense, by first mention; a marker that points at nothing is dropped.
    """
    if _SIGN not in block:
        return block
    said = [number for number in before if number in cited.names]
    words = dict(cited.words)

    def shown(found: re.Match[str]) -> str:
        number = ord(found[1]) - _BASE
        if number not in cited.names:
            return ""
        verdict = cited.verdicts[len(said)] if len(said) < len(cited.verdicts) else cited.otherwise
        said.append(number)
        label = list(dict.fromkeys(said)).index(number) + 1
        name = cited.source.format(number=label, name=cited.names[number])
        name = f"{name} ({words[verdict]})" if verdict in words else name
        kind = f"cite {verdict.replace('_', '-')}" if verdict else "cite"
        leads = f'href="{escape(cited.address)}{label}/" data-source="{label}" aria-label="{escape(name)}"'
        return f'<sup class="{kind}"><a {leads}>{label}</a></sup>'

    return _PLACED.sub(shown, block)


def _placeholders(text: str) -> list[str]:
    return [found[0] for found in _PLACED.finditer(text)]
