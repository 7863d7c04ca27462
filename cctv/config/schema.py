"""What a camera's file may say, as JSON Schema: forms and editors are made from it."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from cctv.config.camera import Camera
from cctv.rules import LineRule, PictureRule, ZoneRule
from cctv.rules.base import RuleConfig
from park.events.catalogue import plain_bounds

WHERE: dict[str, Any] = {"zones": ZoneRule, "lines": LineRule, "rules": PictureRule}


def rules(kind: object) -> Iterator[type[RuleConfig]]:
    """Yield the rules of a union, or the one that stands alone."""
    yield from get_args(kind) or (kind,)


def schema() -> dict[str, Any]:
    """Return the schema of a camera's file.

    ``x-rules``: which rules zones, lines and the whole picture may have; ``x-needs`` of a rule: what the
    pipeline must give it, more than ``motion`` only with a detector model.
    """
    (camera,), made = msgspec.json.schema_components([Camera], ref_template="#/$defs/{name}")
    parts = plain_bounds(made)
    needs = {rule.__name__: sorted(rule.NEEDS) for kind in WHERE.values() for rule in rules(kind)}
    for name, needed in needs.items():
        parts[name]["x-needs"] = needed
    tags = {where: [str(rule.__struct_config__.tag) for rule in rules(kind)] for where, kind in WHERE.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **camera,
        "$defs": parts,
        "x-rules": tags,
    }
