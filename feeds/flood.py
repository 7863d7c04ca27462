"""A flood of alarms: a substation goes and takes everything with it, while other things happen too.

Whatever hangs on the grid tells it: meters, cabinets and their lamps, cameras, sensors, docks, gates;
some chatter. Beside it come alarms that have nothing to do with it, some of them critical.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from feeds.simulator.chance import unit
from park.alarms.facts import AlarmRaised
from park.config.asset import Asset
from park.config.park import Park
from park.events.envelope import Event

SPAN_S = 60.0
SUPPLIED = (
    "meter", "cabinet", "light", "camera", "gas", "odour", "air", "water", "weather", "gate", "dock",
    "parking", "pv", "fuelcell", "ess",
)  # fmt: skip
SAYS = {"light": ("supply_lost", "cabinet_unreachable"), "cabinet": ("cabinet_failed", "cabinet_unreachable"),
        "camera": ("camera_lost",)}  # fmt: skip
# What has nothing to do with a lost supply: condition and the kind of asset that tells it
UNRELATED = (
    ("loitering", "camera"), ("dumping", "camera"), ("stopped_vehicle", "camera"), ("crowd", "camera"),
    ("odour_high", "odour"), ("odour_nh3", "odour"), ("gate_wait", "gate"), ("dock_overrun", "dock"),
    ("abandonment", "camera"), ("person_on_carriageway", "camera"), ("dg_off_route", "vehicle"),
)  # fmt: skip
CRITICAL = (("gas_stel", "gas"), ("fire", "camera"))
PEOPLE = (("fall", "camera"), ("fight", "camera"), ("intrusion", "camera"), ("removal", "camera"))


class Flood(Struct, frozen=True):
    """The alarms of a flood in order of time; ids of those of the cause and of the others.

    Of the others some are critical, some are about people (falls, fights, intrusions).
    """

    cause: str
    events: tuple[Event, ...]
    caused: frozenset[str]
    unrelated: frozenset[str]
    critical: frozenset[str]
    people: frozenset[str]


def flood(
    park: Park,
    start: datetime,
    caused: int = 10_000,
    unrelated: int = 300,
    critical: int = 12,
    people: int = 24,
) -> Flood:
    """Return a flood in 60 s: ``caused`` alarms of one substation, ``unrelated`` others.

    Of the others ``critical`` are gas and fire, ``people`` falls, fights and intrusions.

    Raises:
        ValueError: the park has no substation.
    """
    stations = sorted(asset.id for asset in park.assets.values() if asset.kind == "substation")
    if not stations:
        raise ValueError(f"{park.id}: no substation to fail")
    first = _alarm(park, "caused-0", stations[0], "supply_lost", start)
    grave = _spread(park, start, "critical", itertools.islice(_others(park, CRITICAL), critical))
    seen = _spread(park, start, "people", itertools.islice(_others(park, PEOPLE), people))
    rest = itertools.islice(_others(park, UNRELATED), unrelated - critical - people)
    others = [*grave, *seen, *_spread(park, start, "other", rest)]
    awake = {event.subject for event in others}
    told = [first, *_spread(park, start, "caused", itertools.islice(_hit(park, awake), caused - 1))]
    return Flood(
        cause=stations[0],
        events=tuple(sorted(told + others, key=lambda event: (event.time, event.id))),
        caused=frozenset(event.data.alarm for event in told),
        unrelated=frozenset(event.data.alarm for event in others),
        critical=frozenset(event.data.alarm for event in grave),
        people=frozenset(event.data.alarm for event in seen),
    )


def _hit(park: Park, awake: set[str]) -> Iterator[tuple[Asset, str]]:
    """Yield what the lost supply makes assets say, those with a battery left out; then they chatter."""
    fed = [asset for asset in park.assets.values() if asset.kind in SUPPLIED and asset.id not in awake]
    said = [(asset, what) for asset in fed for what in SAYS.get(asset.kind, ("supply_lost",))]
    yield from itertools.cycle(said)


def _others(park: Park, kinds: tuple[tuple[str, str], ...]) -> Iterator[tuple[Asset, str]]:
    """Yield unrelated alarms, from one condition to the next, each at another asset while there are any."""
    assets = {kind: [a for a in park.assets.values() if a.kind == kind] for _, kind in kinds}
    for turn in itertools.count():
        for shift, (what, kind) in enumerate(kinds):
            if found := assets[kind]:
                yield found[(turn * 7 + shift * 11) % len(found)], what


def _spread(park: Park, start: datetime, name: str, pairs: Iterator[tuple[Asset, str]]) -> list[Event]:
    return [
        _alarm(
            park, f"{name}-{number}", asset.id, what, start + timedelta(seconds=SPAN_S * _share(name, number))
        )
        for number, (asset, what) in enumerate(pairs, 1)
    ]


def _share(name: str, number: int) -> float:
    return 0.001 + 0.998 * unit("flood", name, number)


def _alarm(park: Park, name: str, asset: str, what: str, time: datetime) -> Event:
    fact = AlarmRaised(f"flood-{name}", what, park.alarms[what].priority)
    return Event(f"flood-{name}", "simulator/flood", fact.TYPE, asset, time, park.id, fact, ingested=time)
