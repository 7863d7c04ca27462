"""The fold keeps its promise: order and repetition do not matter."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmRaised
from park.cameras.facts import CameraHealth
from park.energy.facts import EssStatus, MeterReading
from park.energy.memory import EnergyMemory
from park.engine.facts import FeedHeartbeat
from park.environment.facts import AirObservation, GasObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.lighting.facts import LightStatus
from park.logistics.facts import DockStatus, GatePassage, ShipmentStatus, VehiclePosition
from park.logistics.memory import LogisticsMemory
from park.state.reading import Reading, is_stale
from park.systems import new_state
from tests.park.small_park import ASSETS, at, event, seconds, state_of

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
GAS = "changwon/gas/GAS-1"


def _fact(kind: int, n: int) -> tuple[FactBase, str]:
    soon = START + timedelta(minutes=n % 4)
    return [
        (GasObservation("H2S", float(n)), GAS),
        (MeterReading(float(n), float(n)), "changwon/substation/SS-1"),
        (EssStatus(float(n), 50.0, 1.0, 1.0), "changwon/ess/ESS-1"),
        (AirObservation(n, n, 0.01, 0.01, 0.1, 0.01), "changwon/air/AIR-1"),
        (GatePassage(f"V-{n}", "out", 60.0 * n, 10.0, float(n)), "changwon/gate/G-1"),
        (DockStatus("busy" if n % 2 else "free"), "changwon/dock/D-1"),
        (ShipmentStatus("V-1", "changwon/dock/D-1", "docked", soon, soon), f"changwon/shipment/S-{n % 3}"),
        (VehiclePosition(35.2, 128.6, n, 0.0, "left" if n == 3 else "moving", "general"), f"v/V-{n % 3}"),
        (AlarmRaised(f"a-{n % 3}", "gas_high", "high", float(n)), GAS),
        (AlarmAcknowledged(f"a-{n % 3}", "gas_high", f"user{n}"), GAS),
        (AlarmCleared(f"a-{n % 3}", "gas_high"), GAS),
        (FeedHeartbeat(10.0, n), "changwon/feed/F-1"),
    ][kind]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events over some hours, equal times included, each with its own id."""
    parts = st.tuples(st.integers(0, 11), st.integers(0, 9), st.integers(0, 40), st.sampled_from("ab"))
    told = draw(st.lists(parts, max_size=30))
    return [
        event(*_fact(kind, n), START + timedelta(minutes=7 * when), f"id{i}", source)
        for i, (kind, n, when, source) in enumerate(told)
    ]


@settings(deadline=None, max_examples=150)
@given(histories(), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(history: list[Event], chance: object) -> None:
    again = history + history[::2]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert state_of(*history).same_as(state_of(*again))


@settings(deadline=None, max_examples=50)
@given(histories(), st.integers(0, 30))
def test_a_part_and_the_rest_are_the_whole(history: list[Event], cut: int) -> None:
    whole, parts = state_of(*history), state_of(*history[:cut])
    for told in history[cut:]:
        parts.apply(told)
    assert whole.same_as(parts)


def test_same_as_tells_a_difference() -> None:
    one = event(GasObservation("H2S", 1.0), GAS, START)
    two = event(MeterReading(1.0, 1.0), "changwon/substation/SS-1", START)
    assert not state_of(one).same_as(state_of())
    assert not state_of(two).same_as(state_of(one))


def test_a_late_event_never_overwrites_a_newer_one() -> None:
    new = event(GasObservation("H2S", 2.0), GAS, START + seconds(10))
    late = event(GasObservation("H2S", 9.0), GAS, START)
    state = state_of(new, late)
    assert state.fact(GAS, GasObservation) == new.data
    assert state.values(GAS) == (int(new.time.timestamp() * 1000), {"substance": "H2S", "ppm": 2.0})


def test_at_equal_time_the_higher_source_and_id_wins() -> None:
    low = event(GasObservation("H2S", 1.0), GAS, START, "z", "a")
    high = event(GasObservation("H2S", 2.0), GAS, START, "a", "b")
    for order in ((low, high), (high, low)):
        assert state_of(*order).fact(GAS, GasObservation) == high.data


def test_drain_names_what_changed_once() -> None:
    state = state_of(
        event(GasObservation("H2S", 1.0), GAS, START),
        event(VehiclePosition(35.0, 128.0, 1.0, 2.0, "moving", "empty"), "changwon/vehicle/V-1", START),
        event(AlarmRaised("a-1", "gas_high", "high"), "changwon/gas/GAS-2", START),
    )
    changes = state.drain()
    assert changes.assets == {GAS, "changwon/gas/GAS-2"}
    assert changes.vehicles == {"changwon/vehicle/V-1"}
    assert changes.alarms == {"a-1"}
    assert state.drain().assets == frozenset()
    assert state.vehicle_row("changwon/vehicle/V-1")[:6] == (35.0, 128.0, 2.0, 1.0, "moving", "empty")


def test_level_is_the_worst_of_alarm_light_and_camera() -> None:
    state = state_of(
        event(LightStatus("failed", 0.0, 0.0), "changwon/light/L-1", START),
        event(CameraHealth("frozen", 0.0), "changwon/camera/CAM-1", START),
        event(AlarmRaised("a-1", "gas_stel", "critical"), GAS, START),
    )
    assert [state.level(a) for a in ("changwon/light/L-1", "changwon/camera/CAM-1", GAS)] == [1, 2, 4]
    state.apply(event(AlarmCleared("a-1", "gas_stel"), GAS, START + seconds(1)))
    assert state.row(GAS)[0] == 0
    assert [alarm.state for alarm in state.open_alarms()] == ["returned"]


def test_stale_after_two_periods() -> None:
    reading = Reading(1.0, "", 1000, 10.0)
    assert not is_stale(reading, 21_000)
    assert is_stale(reading, 21_001)
    assert is_stale(Reading(None, "", 1000, 10.0), 1000)


def test_memory_is_bounded() -> None:
    state = state_of()
    for hour in range(24 * 7):
        state.apply(event(MeterReading(1.0, 1.0), "changwon/substation/SS-1", START + timedelta(hours=hour)))
        state.apply(event(GatePassage("V", "in"), "changwon/gate/G-1", START + timedelta(hours=hour)))
    assert len(state.memory(EnergyMemory).power["changwon/substation/SS-1"].buckets) == 28
    assert len(state.memory(LogisticsMemory).passages["changwon/gate/G-1"].buckets) == 26


def test_vehicles_that_left_are_forgotten_at_last() -> None:
    state = new_state({a.id: a for a in ASSETS})
    left = VehiclePosition(35.0, 128.0, 1.0, 2.0, "left", "empty")
    for n in range(2100):
        state.apply(event(left, f"changwon/vehicle/V-{n}", START + seconds(n)))
    assert len(state.vehicles) == 2000
    assert "changwon/vehicle/V-2099" in state.vehicles


def test_the_fold_is_fast() -> None:
    history = [
        event(VehiclePosition(35.0, 128.0, 1.0, 2.0, "moving", "empty"), f"v/{n % 62}", START + seconds(n))
        for n in range(10_000)
    ]
    state = state_of()
    best = 1e9
    for part in range(0, 10_000, 2000):
        began = time.process_time()
        for told in history[part : part + 2000]:
            state.apply(told)
        best = min(best, (time.process_time() - began) / 2000)
    assert best < 1 / 20_000, f"{1 / best:.0f} events/s"


def test_moments_are_local_to_the_park() -> None:
    assert at("2026-11-23 00:00") == START
    assert [b - a for a, b in pairwise([START, at("2026-11-23 00:15")])] == [timedelta(minutes=15)]


def test_a_clock_far_ahead_holds_no_place_but_its_alarm_is_not_lost() -> None:
    def came(event_: Event, ingested: datetime) -> Event:
        return replace(event_, ingested=ingested)

    ahead, now = START + timedelta(days=365), START + seconds(1)
    state = state_of(
        came(event(GasObservation("H2S", 9.0), GAS, ahead), START),
        came(event(MeterReading(9.0, 9.0), "changwon/substation/SS-1", ahead), START),
        came(event(FeedHeartbeat(10.0, 1), "changwon/feed/F-1", ahead), START),
        came(event(GasObservation("H2S", 1.0), GAS, now), now),
        came(event(AlarmRaised("a", "gas_high", "high"), GAS, ahead), START),
    )
    fact = state.fact(GAS, GasObservation)
    assert fact is not None
    assert fact.ppm == 1.0
    assert (state.memory(EnergyMemory).power, state.feeds, state.ahead) == ({}, {}, 3)
    assert state.alarms["a"].state == "unack"


def test_a_clock_a_little_ahead_is_taken() -> None:
    told = replace(event(GasObservation("H2S", 9.0), GAS, START + timedelta(minutes=5)), ingested=START)
    assert state_of(told).fact(GAS, GasObservation) is not None


def test_subjects_of_no_file_are_bounded_and_assets_are_kept() -> None:
    state = state_of(event(GasObservation("H2S", 1.0), GAS, START))
    for n in range(6000):
        state.apply(event(MeterReading(1.0, 1.0), f"changwon/meter/no-{n}", START + seconds(n)))
        state.apply(event(FeedHeartbeat(10.0, n), f"changwon/meter/no-{n}", START + seconds(n)))
    assert len(state.latest) <= len(ASSETS) + 5000
    assert len(state.feeds) <= 5000
    assert state.fact("changwon/meter/no-5999", MeterReading) is not None
    assert state.fact("changwon/meter/no-0", MeterReading) is None
    assert state.fact(GAS, GasObservation) is not None
    assert "changwon/meter/no-0" in state.drain().assets


def test_a_flood_and_a_chatter_of_alarms_cost_little() -> None:
    state = state_of()
    began = time.process_time()
    for n in range(10_000):
        state.apply(event(AlarmRaised(f"open-{n}", "gas_high", "high"), f"{GAS}-{n}", START + seconds(n)))
    for n in range(5_000):
        state.apply(event(AlarmRaised("chatter", "gas_high", "high"), GAS, START + seconds(2 * n)))
        state.apply(event(AlarmCleared("chatter", "gas_high"), GAS, START + seconds(2 * n + 1)))
    assert time.process_time() - began < 5
    assert state.alarms["chatter"].count == 5000
    assert len(state.open_alarms()) == 10_001


def test_alarms_whose_raising_never_comes_are_forgotten_at_last() -> None:
    state = state_of()
    for n in range(12_000):
        state.apply(event(AlarmCleared(f"never-{n}", "gas_high"), GAS, START + seconds(n)))
        state.apply(event(AlarmCleared(f"nor-{n}", "gas_high"), f"{GAS}-{n}", START + seconds(n)))
    lines = state._book._lines.values()
    assert len(lines) <= 7500
    assert max(len(line.told) for line in lines) <= 1000
