"""Street lights: how many shine, failed or cannot be reached, by zone."""

from collections import Counter
from datetime import datetime
from math import fsum

from msgspec import Struct

from park.config.park import Park
from park.events.envelope import Event
from park.events.rings import milliseconds
from park.lighting.facts import LightStatus
from park.state.reading import Reading
from park.state.state import State


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
    newest: Event | None = None
    for asset in state.by_kind.get("light", ()):
        count = counts.setdefault(asset.zone, Counter())
        event = state.latest.get(asset.id, {}).get(LightStatus.TYPE)
        if event is None:
            count["unknown"] += 1
        else:
            count[event.data.state] += 1
            if event.data.power_w is not None:
                watts.append(event.data.power_w)
            newest = event if newest is None or event.time > newest.time else newest
    whole: Counter[str] = sum(counts.values(), Counter())
    power_kw = fsum(watts) / 1000 if watts else None
    return Summary(
        park=_lights("", whole),
        zones=tuple(_lights(zone, counts[zone]) for zone in sorted(counts)),
        power=Reading(power_kw, "kW", milliseconds(newest) if newest else None, None),
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
