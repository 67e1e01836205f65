"""After the gate: links say where they lead, and what leads nowhere safe is plain text."""

import re
from html import escape, unescape
from urllib.parse import unquote

_LINK = re.compile(r'<a(?: href="([^"]*)")?>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WEB = re.compile(r"(https?)://([^/?#]{1,1000})((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])(?::\d{1,5})?")
_MAIL = re.compile(r"mailto:([^\s@?&,:;%<>\"]+@[a-z\d.-]+)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_REL = "noopener noreferrer nofollow"


def mark(block: str) -> str:
    """Links open in a new tab, leak nothing, and are followed by their host unless the text of
    the link already begins with exactly that host."""
    return _LINK.sub(_mark, block)


def link(address: str, text: str) -> str:
    """Safe HTML of one link with its host; only the text if the address leads nowhere safe."""
    return mark(f'<a href="{escape(address)}">{escape(text)}</a>')


def _mark(link: re.Match[str]) -> str:
    text = link[2]
    found = _destination(unescape(link[1] or ""))
    if found is None:
        return text
    address, host = found
    text = text if text.strip() else escape(host)
    shown = f' <span class="host">({escape(host)})</span>' if not _says(text, host) else ""
    return f'<a href="{escape(address)}" target="_blank" rel="{_REL}">{text}</a>{shown}'


def _destination(address: str) -> tuple[str, str] | None:
    """The address as it may be followed, and the host or mailbox to show for it.

    The host is the ASCII (punycode) form in both, so that what is shown is what is visited, and
    a look-alike letter cannot hide. An address that carries a user name (`https://bank@evil`)
    or a host no browser would accept is refused.
    """
    if mail := _MAIL.fullmatch(address):
        return f"mailto:{mail[1]}", mail[1]  # without ?body=, ?bcc= and the like
    if not (web := _WEB.fullmatch(address)):
        return None
    try:
        host = unquote(web[2], errors="strict").lower()
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return (f"{web[1].lower()}://{host}{web[3]}", host) if _HOST.fullmatch(host) else None


def _says(text: str, host: str) -> bool:
    said = unescape(_TAG.sub("", text)).strip().lower().removeprefix("mailto:")
    said = said.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    host = host.removeprefix("www.").lower()
    return said == host or said.startswith((f"{host}/", f"{host}?", f"{host}#"))
