"""Texts of the kind that break incremental renderers, for hypothesis: pieces of Markdown in any order."""

from hypothesis import strategies as st

MARKS = """
``` ```py ~~~ ~~~~ ` `` - * + 1. 2) 10. > # ### ** __ _ ~~ | || \\| --- === *** :-: $ $$ \\( \\) \\[ \\] \\ [ ] ( ) [a]
[a]: [x] [^1] [^1]: ![ ](http://a.b) (/rel "t") <d> < </p> <div> </div> <!-- --> <? <script> <https://a.b> http://x.y/z
www.q.com a@b.cc a b word 한국 **한국**어 日本。 😀 é &amp; &lt; &#x202e; &#13; " ' : . ! =
"""
SPACES = [" ", "  ", "    ", "\t", "\n", "\n\n", "\n\n\n", "\r", "\r\n", "  \n", "\\\n", "\u00a0", "\u3000"]
ODD = ["\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff", "\ufdd1", "\ue000", "\ud800", "\x1b"]
LINES = [
    *[
        "- a\n",
        "  - b\n",
        "\n    c\n",
        "1. d\n",
        "> e\n",
        ">\n",
        "# f\n",
        "g\n---\n",
        "h\n===\n",
        "\n- \n",
        "- [ ] i\n",
    ],
    *["\n| a | b |\n|---|---|\n| 1 | 2 |\n", "\n|a|\n|-|\n", "\n-\n", "\n```py\nx = 1\n```\n", "\n~~~\n<b>\n"],
    *[
        "\n[a]: /u\n",
        '\n[b]: http://x.y "t\n',
        "> [c]: d\n",
        "- [a]: x\n",
        "\n<div>\n*x*\n\n",
        "\n<pre>\n\n",
        "\n$$\nx\n\n",
    ],
]
PIECES = st.sampled_from(MARKS.split()) | st.sampled_from(SPACES) | st.sampled_from(LINES) | st.sampled_from(ODD)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join)
