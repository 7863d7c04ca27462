"""Alarm checks of the environment system that run by the clock."""

from collections.abc import Iterator
from datetime import datetime

from park.alarms.checks import Look
from park.alarms.definition import Definition
from park.alarms.delays import Finding
from park.environment.summary import stations


def air_index(look: Look, name: str, definition: Definition, now: datetime) -> Iterator[Finding]:
    """Hold the air-quality index of each station against the limit."""
    limit = definition.limit or 0.0
    for station in stations(look.state, look.park, now):
        if station.index is not None:
            band = definition.dead_band if look.on(station.asset, name) else 0.0
            holds = station.index >= limit - band
            yield Finding(station.asset, name, holds, station.index, limit, "", station.worst)
