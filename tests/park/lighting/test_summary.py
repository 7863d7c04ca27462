"""Lights by zone, those that never spoke told apart."""

import pytest

from park.lighting import summary as lighting
from park.lighting.facts import LightStatus
from tests.park.small_park import at, event, park, seconds, state_of

NOW = at("2026-11-23 19:00")


def test_counts_by_zone_and_in_all() -> None:
    state = state_of(
        event(LightStatus("normal", 80, 70), "changwon/light/L-1", NOW),
        event(LightStatus("failed", 0, 0), "changwon/light/L-2", NOW),
        event(LightStatus("unreachable", 80, 55), "changwon/light/L-4", NOW + seconds(9)),
    )
    shown = lighting.summary(state, park(), NOW)
    assert [(z.zone, z.total, z.normal, z.failed, z.unreachable, z.unknown) for z in shown.zones] == [
        ("A", 3, 1, 1, 0, 1),
        ("B", 2, 0, 0, 1, 1),
    ]
    assert shown.park.total == 5
    assert shown.park.failed_pct == pytest.approx(100 / 3)  # of those that spoke
    assert shown.zones[1].unreachable_pct == 100
    assert shown.power.value == pytest.approx(0.125)
    assert shown.power.time_ms == int((NOW + seconds(9)).timestamp() * 1000)


def test_nothing_heard_is_unknown() -> None:
    shown = lighting.summary(state_of(), park(), NOW)
    assert (shown.park.unknown, shown.park.failed_pct, shown.power.value) == (5, None, None)
