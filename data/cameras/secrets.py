"""What is secret in the address of a camera: never shown, and put back when a shown one comes from a page.

Secret are the password of ``user:password@host`` and every value of a query, or of a path as some makers have
it (``/user=a&password=b``), whose name says so.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

Table = dict[str, Any]
HIDDEN = "•••"
ADDRESSES = ("source", "substream")
_SAYS_SO = re.compile(r"pass|pw|psw|token|secret|auth|key|credential|session|sid|sign", re.IGNORECASE)
_LOGIN = re.compile(r"[A-Za-z][\w+.-]*://[^:@/?#\[\]]*:(?P<secret>[^?]*)@")  # to the last @: it may hold one
_PORT = re.compile(r"[A-Za-z][\w+.-]*://[^:@/?#]*:\d+(?:[/?#]|$)")
_NAME = re.compile(r"(?P<name>[^=&;?/#]*)=")
_NEXT = re.compile(r"[&;][^=&;?/#]*=|$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")


class CameraSourceError(ValueError):
    """A source that cannot be had from the page; the message is the text to show."""


class Span(NamedTuple):
    """Where in an address a secret stands, and what it is called there; empty for the password of a login."""

    name: str
    start: int
    end: int


def hide(address: str) -> str:
    """Return an address as a page may show it."""
    return _filled(address, [(span, HIDDEN) for span in _secrets(address)])


def hidden(table: Table) -> Table:
    """Return a camera as a page may see it: nothing secret in its addresses."""
    return table | {key: hide(table[key]) for key in ADDRESSES if isinstance(table.get(key), str)}


def in_words(text: str) -> str:
    """Return words of a process without the secrets of any address in them."""
    return _URL.sub(lambda found: hide(found[0]), text)


def revealed(table: Table, kept: Table) -> Table:
    """Return a camera from a page with the secrets that the page was not told.

    A kept secret goes only to the host it was for.

    Raises:
        CameraSourceError: a hidden secret that nothing is known of.
    """
    found = Table()
    for key in ADDRESSES:
        if isinstance(table.get(key), str):
            own_first = [kept.get(one) for one in (key, *ADDRESSES)]
            found[key] = _reveal(table[key], [one for one in own_first if isinstance(one, str)])
    return table | found


def _reveal(address: str, known: list[str]) -> str:
    if HIDDEN not in address:
        return address
    for one in known:
        if hide(one) == address:
            return one
    for one in known:
        if _host(one) == _host(address):
            held = {span.name: one[span.start : span.end] for span in _secrets(one)}
            asked = [span for span in _secrets(address) if address[span.start : span.end] == HIDDEN]
            whole = _filled(address, [(span, held.get(span.name, HIDDEN)) for span in asked])
            if HIDDEN not in whole:
                return whole
    raise CameraSourceError("주소가 바뀌어 암호를 다시 넣어야 합니다")


def _host(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(hide(address))
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _filled(address: str, texts: list[tuple[Span, str]]) -> str:
    for span, text in reversed(texts):
        address = address[: span.start] + text + address[span.end :]
    return address


def _secrets(address: str) -> list[Span]:
    """Return the secrets of a URL from its beginning to its end; a file or a device has none."""
    return [span for span in _spans(address) if span.end > span.start] if "://" in address else []


def _spans(address: str) -> Iterator[Span]:
    end = address.index("://") + 3
    login = None if _PORT.match(address) else _LOGIN.match(address)
    if login:
        yield Span("", *login.span("secret"))
        end = login.end()
    for found in _NAME.finditer(address, end):
        if found.start() >= end and _SAYS_SO.search(unquote(found["name"])):
            following = _NEXT.search(address, found.end())
            end = following.start() if following else len(address)
            yield Span(found["name"], found.end(), end)
