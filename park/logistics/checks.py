"""Alarm checks of the logistics system that run by the clock."""

from collections.abc import Iterator
from datetime import datetime

from park.alarms.checks import Look, asset_named
from park.alarms.definition import Definition
from park.alarms.delays import Finding
from park.logistics.memory import LogisticsMemory
from park.logistics.summary import overrun_min


def dock_overrun(look: Look, name: str, definition: Definition, now: datetime) -> Iterator[Finding]:
    """Find docks whose vehicle stays over its planned end by more than the limit (minutes)."""
    limit_min = definition.limit or 0.0
    # The worst slot of each dock: minutes over its end, and its vehicle
    worst: dict[str, tuple[float, str]] = {}
    for event in look.state.memory(LogisticsMemory).shipments.values():
        late_min = overrun_min(event.data, now)
        if late_min is not None and late_min > limit_min:
            dock = asset_named(look, "dock", event.data.dock) or event.data.dock
            slot = (round(late_min, 1), event.data.vehicle)
            worst[dock] = max(worst.get(dock, (0.0, "")), slot)
    for dock, (late_min, vehicle) in worst.items():
        yield Finding(dock, name, holds=True, value=late_min, limit=limit_min, unit="min", cause=vehicle)
    # What is over no more
    for asset, condition in look.signals:
        if condition == name and asset not in worst:
            yield Finding(asset, name, holds=False)
