"""Where in a camera's file a thing stands that is wrong, so that whoever wrote it finds it."""

import re
from typing import Any

import msgspec

_NAME = re.compile(r"[A-Za-z_]\w*")
_AT = re.compile(r"at line (\d+)")


def named_in(error: Exception) -> tuple[str, str]:
    """Return key and reason of what does not fit: ``("zones.rules.dwell_s", "Expected `float`, …")``."""
    reason, _, path = str(error).partition(" - at `$")
    names = _NAME.findall(path.replace("[...]", ""))
    if unknown := re.search(r"(?:unknown|required) field `(\w+)`", reason):
        names.append(unknown[1])
    return ".".join(names) or "file", reason


def of_syntax(error: Exception) -> int:
    """Return the line that a TOML reader stopped at; 1 where it does not say."""
    found = _AT.search(str(error))
    return int(found[1]) if found else 1


def of_key(text: str, key: str, number: int = 0) -> int:
    """Return the line of a key such as ``zones.rules.dwell_s`` in the ``number``-th of the tables it is in.

    Where the key itself is not written, the line of what it should be in; 1 where that is missing, too.
    """
    lines, (first, *rest) = text.splitlines(), key.split(".")
    heads = [at for at, line in enumerate(lines) if re.match(rf"\s*\[+\s*{first}\s*\]+", line)]
    if not heads:
        return next((at + 1 for at, line in enumerate(lines) if re.match(rf"\s*{first}\s*[=.]", line)), 1)
    start = heads[min(number, len(heads) - 1)]
    for name in reversed(rest):
        for at in range(start + 1, len(lines)):
            if re.match(r"\s*\[", lines[at]) and not re.match(r"\s*\[\s*[\[\d{]", lines[at]):
                break
            if re.search(rf"(?<![\w\"']){name}\s*=", lines[at]):
                return at + 1
    return start + 1


def number_of(table: dict[str, Any], key: str, kind: type) -> int:
    """Return which of the tables under ``key`` is the first that is no ``kind``; 0 where all are."""
    held = table.get(key)
    for number, one in enumerate(held if isinstance(held, list) else ()):
        try:
            msgspec.convert(one, kind)
        except msgspec.ValidationError:
            return number
    return 0
