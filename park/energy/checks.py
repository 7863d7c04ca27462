"""Alarm checks of the energy system that run by the clock."""

from collections.abc import Iterator
from datetime import datetime

from park.alarms.checks import Look
from park.alarms.definition import Definition
from park.alarms.delays import Finding
from park.energy.summary import window


def peak_demand(look: Look, name: str, definition: Definition, now: datetime) -> Iterator[Finding]:
    """Hold the projected share of contract power (percent) against the limit."""
    share_pct = window(look.state, look.park, now).share.value
    limit_pct = definition.limit or 0.0
    for asset in look.state.by_kind.get("substation", [])[:1]:
        if share_pct is not None:
            band = definition.dead_band if look.on(asset.id, name) else 0.0
            yield Finding(asset.id, name, share_pct >= limit_pct - band, round(share_pct, 1), limit_pct, "%")
