"""A camera as TOML as people write it: plain keys, then a table a zone, line, rule and mask; remarks stay."""

import math
import re
import tomllib
from collections.abc import MutableMapping
from itertools import takewhile
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Comment, InlineTable, Item

Table = dict[str, Any]
PARTS = ("zones", "lines", "rules", "masks")


def written(table: Table, before: str = "") -> str:
    """Return a camera as TOML: the text ``before`` with what changed, its remarks where they stood.

    A text that is no TOML gives the remarks at its head alone.

    Raises:
        ValueError: a value that TOML has no word for, or one in another without end.
    """
    try:
        fresh = _fresh(table)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    try:
        document = tomlkit.parse(before)
        known = set(document)
        _merge(document, table)
        text = _tidied(tomlkit.dumps(document), [key for key in table if key not in {*known, *PARTS}])
        if tomllib.loads(text) == tomllib.loads(fresh):
            return text
    except (TOMLKitError, ValueError, RecursionError):  # as the file stands it cannot be kept
        pass
    head = takewhile(lambda line: line.startswith("#"), before.splitlines(keepends=True))
    return "".join(head) + fresh


def _tidied(text: str, added: list[str]) -> str:
    """Move new keys above the remarks of the table that follows them; leave a line free before tables."""
    lines = text.splitlines(keepends=True)
    for key in added:
        at = up = next((at for at, line in enumerate(lines) if line.startswith(f"{key} = ")), 0)
        while up and (lines[up - 1].startswith("#") or not lines[up - 1].strip()):
            up -= 1
        if up:
            lines.insert(up, lines.pop(at))
    return re.sub(r"^([^#\n].*\n)(?=(?:#.*\n)*\[\[\w+\]\])", r"\1\n", "".join(lines), flags=re.MULTILINE)


def remarks(text: str) -> list[str]:
    """Return the remarks of a TOML text, in their order, as well as can be told without its grammar."""
    found = list[str]()
    for line in text.splitlines():
        head, mark, words = line.partition("#")
        quoted = any(head.count(quote) % 2 for quote in "\"'")
        if mark and not quoted and words.strip():
            found.append(words.strip())
    return found


def _fresh(table: Table) -> str:
    document = tomlkit.document()
    for key, value in table.items():
        if key not in PARTS:
            document.add(key, _item(value))
    for part in PARTS:
        if table.get(part):
            document.add(part, _tables(table[part]))
    return tomlkit.dumps(document)


def _tables(rows: list[Table]) -> AoT:
    found = tomlkit.aot()
    for row in rows:
        found.append(_table(row))
    return found


def _table(row: Table) -> Item:
    table = tomlkit.table()
    for key, value in row.items():
        table.add(key, _item(value))
    return table


def _item(value: object) -> Item:
    match value:
        case float() if not math.isfinite(value):
            raise ValueError(f"no number: {value}")
        case bool() | int() | float() | str():
            return tomlkit.item(value)
        case list() | tuple():
            array = tomlkit.array()
            array.extend(_item(one) for one in value)
            return array
        case dict():
            inline = tomlkit.inline_table()
            for key, held in value.items():
                inline.add(key, _item(held))
            return inline
    raise ValueError(f"no TOML for {type(value).__name__}")


def _merge(held: MutableMapping[str, Any], wanted: Table) -> None:
    """Make a table of the text say what is wanted, and touch nothing of it that says so already."""
    for key in [key for key in held if key not in wanted]:
        del held[key]
    for key, value in wanted.items():
        if key not in held:
            held[key] = _tables(value) if key in PARTS and _is_tables(value) else _item(value)
        elif _plain(held[key]) != value and not _merged(held[key], value):
            held[key] = _item(value)


def _merged(item: object, value: object) -> bool:
    """Change an item in place where that can be done."""
    if isinstance(item, MutableMapping) and isinstance(value, dict):
        _merge(item, value)
        return True
    if isinstance(item, AoT | Array) and isinstance(value, list):
        return _listed(item, value)
    return False


def _listed(item: AoT | Array, rows: list[Any]) -> bool:
    """Change a list in place: what is gone is taken out, new ones come last; False where that is not so."""
    mine, theirs = [_called(one) for one in item], [_called(row) for row in rows]
    stay = [name for name in mine if name in theirs]
    if stay != theirs[: len(stay)] or len(set(theirs)) < len(theirs):
        return False
    last = list[Comment]()
    for at in reversed([at for at, name in enumerate(mine) if name not in theirs]):
        if isinstance(item, AoT):  # what is said at its end is said of the table after it
            said, follows = _last_remarks(item[at]), at < len(item) - 1
            for remark in said if follows and at else ():
                item[at - 1].add(remark)
            last = last if follows else said + last
        del item[at]
    for one, row in zip(list(item), rows, strict=False):
        if _plain(one) != row:
            _merged(one, row)
    for row in rows[len(item) :]:
        item.append(_table(row) if isinstance(item, AoT) else _item(row))
    for remark in last:
        item[-1].add(remark)
    return True


def _last_remarks(table: tomlkit.items.Table) -> list[Comment]:
    rest = takewhile(lambda one: one[0] is None, reversed(table.value.body))
    return [item for _, item in reversed(list(rest)) if isinstance(item, Comment)]


def _called(row: object) -> str:
    """Return what a zone, line or rule goes by; anything else by what it says."""
    if isinstance(row, dict | InlineTable) and (name := row.get("name", row.get("kind"))):
        return str(name)
    return repr(_plain(row))


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _plain(item: object) -> object:
    return item.unwrap() if isinstance(item, Item) else item
