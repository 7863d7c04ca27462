"""Everything that is wrong with an event, field by field; `events.decode` stops at the first."""

import functools
import json
from typing import Any, NamedTuple, get_type_hints

import msgspec

from park.events.bounds import without_codes
from park.events.control_characters import control_places
from park.events.envelope import CATALOGUE, Event, InvalidEventError, decode, refuse_controls


class Problem(NamedTuple):
    """One bad field: its path (``$.data.ppm``) and why."""

    path: str
    reason: str


def problems(raw: bytes) -> list[Problem]:
    """Return every bad field of an event; empty when `decode` takes it and no text holds a control."""
    try:
        decode(raw)
        refuse_controls(raw)
    except InvalidEventError as first:
        found = _all(raw) + [Problem(*place) for place in control_places(raw)]
        return (
            found
            if first.path in {problem.path for problem in found}
            else [Problem(first.path, first.reason), *found]
        )
    return []


def _all(raw: bytes) -> list[Problem]:
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    if not isinstance(given, dict):
        return []
    found = _fields("$", given, Event, skipped={"data"})
    fact = CATALOGUE.get(given.get("type", "")) if isinstance(given.get("type"), str) else None
    if "data" not in given:
        found.append(Problem("$.data", "Object missing required field `data`"))
    elif fact is not None and isinstance(given["data"], dict):
        found += _fields("$.data", without_codes(given["data"])[0], fact, skipped=set())
        unknown = sorted(given["data"].keys() - set(fact.__struct_fields__))
        found += [Problem(f"$.data.{name}", f"Object contains unknown field `{name}`") for name in unknown]
    return found


def _fields(
    prefix: str, given: dict[str, Any], struct: type[msgspec.Struct], skipped: set[str]
) -> list[Problem]:
    found = []
    hints = _hints(struct)
    for field in msgspec.structs.fields(struct):
        name = field.name
        required = field.required or name == "specversion"
        if name in skipped or (name not in given and not required):
            continue
        if name not in given:
            found.append(Problem(f"{prefix}.{name}", f"Object missing required field `{name}`"))
            continue
        try:
            msgspec.convert(given[name], hints[name])
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$")
            found.append(Problem(f"{prefix}.{name}{path.rstrip('`')}", reason))
    return found


@functools.cache
def _hints(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)
