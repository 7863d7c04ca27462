"""Street lights: how many shine, failed or cannot be reached, by zone."""

from collections import Counter
from datetime import datetime
from math import fsum

from msgspec import Struct

from park.config import Park
from park.facts import LightStatus
from park.rings import milliseconds
from park.state import Reading, State


class Lights(Struct, frozen=True):
    """Counts of one zone or of the park; ``unknown`` never spoke, ``failed_pct`` of those that did."""

    zone: str
    total: int
    normal: int
    failed: int
    unreachable: int
    unknown: int
    failed_pct: float | None
    unreachable_pct: float | None


class Summary(Struct, frozen=True):
    """The lighting panel."""

    park: Lights
    zones: tuple[Lights, ...]
    power: Reading


def summary(state: State, _park: Park, _now: datetime) -> Summary:
    """Return the lighting panel; a light that never spoke is unknown."""
    counts: dict[str, Counter[str]] = {}
    watts: list[float] = []
    times: list[int] = []
    for asset in state.by_kind.get("light", ()):
        count = counts.setdefault(asset.zone, Counter())
        event = state.latest.get(asset.id, {}).get(LightStatus.TYPE)
        count[event.data.state if event else "unknown"] += 1
        if event:
            watts.append(event.data.power_w)
            times.append(milliseconds(event))
    whole: Counter[str] = sum(counts.values(), Counter())
    power_kw = fsum(watts) / 1000 if watts else None
    return Summary(
        park=_lights("", whole),
        zones=tuple(_lights(zone, counts[zone]) for zone in sorted(counts)),
        power=Reading(power_kw, "kW", max(times, default=None), None),
    )


def _lights(zone: str, count: Counter[str]) -> Lights:
    total = count.total()
    heard = total - count["unknown"]
    return Lights(
        zone,
        total,
        count["normal"],
        count["failed"],
        count["unreachable"],
        count["unknown"],
        failed_pct=100 * count["failed"] / heard if heard else None,
        unreachable_pct=100 * count["unreachable"] / heard if heard else None,
    )
