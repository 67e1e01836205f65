"""Code blocks: a head with the language and a copy button, the code highlighted by Pygments.

Only seven kinds of token get a class (static/css/code.css colours them), which keeps frames
small; everything else is plain text.
"""

import re
from functools import cache, lru_cache
from html import escape, unescape

from pygments.token import Token, _TokenType

from conversations.rendering import languages
from conversations.rendering.labels import Labels

_BLOCK = re.compile(r'<pre(?: lang="([^"]*)")?><code>([^<]*)</code></pre>')
_CLASSES = {
    Token.Comment: "c",
    Token.Keyword: "k",
    Token.Name.Tag: "k",
    Token.Name.Decorator: "k",
    Token.Operator.Word: "k",
    Token.Literal.String: "s",
    Token.Literal.Number: "m",
    Token.Name.Function: "f",
    Token.Name.Class: "f",
    Token.Generic.Inserted: "i",
    Token.Generic.Deleted: "d",
}


def dress(block: str, labels: Labels, *, growing: bool = False) -> str:
    """Every `<pre>` of a clean block in its frame; the last one stays plain while `growing`."""
    unfinished = block.rfind("<pre") if growing else -1

    def frame(pre: re.Match[str]) -> str:
        language, code = pre[1] or "", pre[2]
        if language == "math":
            return f'<div class="math math-display">{code.strip()}</div>'
        if pre.start() != unfinished and languages.calm(plain := unescape(code)):
            code = _highlight(language, plain)
        return _frame(code, languages.name(language), labels)

    return _BLOCK.sub(frame, block)


def _frame(code: str, name: str, labels: Labels) -> str:
    label = f"{labels.code}, {name}" if name else labels.code
    return (
        f'<div class="code"><div class="code-head"><span>{escape(name or labels.code)}</span>'
        '<button class="text-button" type="button" data-copy-code '
        f'aria-label="{escape(labels.copy_code)}"><svg class="icon" aria-hidden="true">'
        f'<use href="{escape(labels.icons)}#copy"/></svg>{escape(labels.copy)}</button></div>'
        f'<pre tabindex="0" role="region" aria-label="{escape(label)}"><code>{code}</code></pre>'
        "</div>"
    )


@lru_cache(maxsize=256)
def _highlight(language: str, code: str) -> str:
    """HTML of plain code. Kept, because a list that holds code is rendered again with each word
    that it gains, and for every viewer."""
    lexer = languages.lexer(language)
    if lexer is None:
        return escape(code, quote=False)
    spans: list[tuple[str, str]] = []
    for token, text in lexer.get_tokens(code):
        name = _class(token)
        if spans and spans[-1][0] == name:
            spans[-1] = name, spans[-1][1] + text
        else:
            spans.append((name, text))
    return "".join(
        f'<span class="{name}">{escape(text, quote=False)}</span>'
        if name and not text.isspace()
        else escape(text, quote=False)
        for name, text in spans
    )


@cache
def _class(token: _TokenType) -> str:
    known = (_CLASSES[kind] for kind in reversed(token.split()) if kind in _CLASSES)
    return next(known, "")
