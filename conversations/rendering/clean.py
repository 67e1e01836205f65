"""The gate: raw HTML of one block in, HTML with nothing but our own elements, attributes and
classes out. No element that could load something, no attribute but those listed, no id, no style.
"""

import html
import logging
import re

import nh3

log = logging.getLogger(__name__)

_TAGS = """
    a blockquote br code del em h3 h4 h5 h6 hr li ol p pre span strong
    table tbody td th thead tr ul
"""
_ALIGN = {"align": {"left", "center", "right"}}
_GATE = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags=set(),
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}, "pre": {"lang"}},
    tag_attribute_values={"td": _ALIGN, "th": _ALIGN},
    set_tag_attribute_values={"th": {"scope": "col"}},
    allowed_classes={"span": {"math", "math-display", "task"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)
_TAG = re.compile(r"<[^>]*>")


def clean(block: str) -> str:
    """One block of `markdown.roots`, after `shape.shape`, made safe."""
    try:
        return _GATE.clean(block)
    except BaseException as error:
        # A Rust panic is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        log.exception("nh3 panicked on %d characters", len(block))
        return f"<p>{html.escape(html.unescape(_TAG.sub('', block)))}</p>"
