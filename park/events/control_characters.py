"""Characters that no text of an event may hold: they are no letters, and some of them do harm.

NUL cannot be kept by PostgreSQL's JSON functions, other control characters rewrite logs and terminals,
and bidirectional overrides show a text in another order than it has. Lines of a text may end.
"""

import json
import re
from collections.abc import Iterator

_LINES = "\t\n\r"
_CONTROL = "\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff"
_ANY = re.compile(f"[{_CONTROL}]")
_NOT_LINES = re.compile(f"(?![{_LINES}])[{_CONTROL}]")

# Where such a character may hide in JSON bytes, as itself or escaped; finds a few harmless texts too.
_SUSPECT = re.compile(
    rb"\\u00(?:[01]|7[fF]|[89])|\\u20(?:2[a-eA-E]|6[6-9])|\\u[dD][89a-fA-F]|\\[bfnrt]"
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)


def suspect(raw: bytes) -> bool:
    """Tell quickly whether JSON bytes may hold a forbidden character."""
    return _SUSPECT.search(raw) is not None


def control_places(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield ``(path, reason)`` of every text of a JSON event, names of fields included, that holds one."""
    try:
        whole = json.loads(raw)
    except (ValueError, RecursionError):
        return
    yield from _walk("$", whole)


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        forbidden = _NOT_LINES if path.startswith("$.data") else _ANY
        if found := forbidden.search(value):
            yield path, f"holds the control character U+{ord(found[0]):04X}"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if found := _ANY.search(name):
                shown = _ANY.sub("?", name)
                yield f"{path}.{shown}", f"name holds the control character U+{ord(found[0]):04X}"
            yield from _walk(f"{path}.{_ANY.sub('?', name)}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(f"{path}[{number}]", inner)


def cleaned(value: object, *, lines: bool = False) -> object:
    """Return a JSON value with U+FFFD for such characters in its texts; ``lines`` keeps ends of lines."""
    if isinstance(value, str):
        return (_NOT_LINES if lines else _ANY).sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: cleaned(inner, lines=lines or name == "data") for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(inner, lines=lines) for inner in value]
    return value
