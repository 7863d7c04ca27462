"""Letters that cannot be written somewhere, and the sign that stands for one: it never just vanishes."""

import re

# What no XML 1.0 document may hold (its production 2), lone halves of surrogate pairs among them.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sign(letter: str) -> str:
    """Return what is written in place of a letter: its code point."""
    return f"[U+{ord(letter):04X}]"


def writable(text: str) -> str:
    """Return a text that XML, JSON, CSV and mail can hold: what they cannot is a :func:`sign`."""
    return _NOT_XML.sub(lambda found: sign(found[0]), text)
