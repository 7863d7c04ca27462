"""Procedures of a park from their files, every fault named with its file, line and reason."""

import re
import tomllib
from pathlib import Path

import msgspec

from park.procedures.sop import Sop

_AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_TABLE = re.compile(r"\.(?P<table>step|escalate)\[(?P<number>\d+)\]")
_STEP = re.compile(r"^`(?P<id>[^`]+)`:")


class SopError(ValueError):
    """A procedure that cannot be used; the message names file, line and reason."""

    def __init__(self, path: Path, line: int, reason: object) -> None:
        """Say where and why."""
        super().__init__(f"{path}:{line}: {reason}")
        self.place = Path(f"{path}:{line}")
        self.reason = reason


def read_sops(folder: Path) -> tuple[Sop, ...]:
    """Read all procedures of a park, in the order of their files' names; none where there is no folder.

    Raises:
        SopError: a file that is wrong, or a kind of incident with two procedures.
    """
    found, of_kind = list[Sop](), dict[str, Path]()
    for path in sorted(folder.glob("*.toml")):
        sop = _read(path)
        for kind in sop.kinds:
            if kind in of_kind:
                raise SopError(path, _line(path, "kinds"), f"{kind}: already in {of_kind[kind].name}")
            of_kind[kind] = path
        found.append(sop)
    return tuple(found)


def _read(path: Path) -> Sop:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Sop)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise SopError(path, int(line[1]) if line else 1, error) from error
    except msgspec.ValidationError as error:
        raise SopError(path, _place(path, str(error)), error) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SopError(path, 1, error) from error


def _place(path: Path, reason: str) -> int:
    """Return the line that a validation error is about, as near as its path tells."""
    at = _AT.search(reason)
    table = _TABLE.match(at["path"]) if at else None
    field = re.findall(r"\.([a-z_]+)", at["path"][table.end() if table else 0 :])[:1] if at else []
    if table:
        start = _line(path, f"[[{table['table']}]]", int(table["number"]))
        return _line(path, field[0], after=start) if field else start
    if step := _STEP.match(reason):
        return _line(path, f'id = "{step["id"]}"')
    return _line(path, field[0]) if field else 1


def _line(path: Path, beginning: str, number: int = 0, after: int = 0) -> int:
    """Return the line of the n-th line that begins so, looking from ``after`` on to the next table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines[after:], after + 1):
        if after and line.startswith("[["):
            return after
        if line.strip().startswith(beginning):
            if number == 0:
                return place
            number -= 1
    return after or 1
