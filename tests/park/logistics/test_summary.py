"""The logistics panel, worked out by hand."""

from datetime import datetime, timedelta

import pytest

from park.events.envelope import Event
from park.logistics import summary as logistics
from park.logistics.facts import DockStatus, GatePassage, GateStatus, ShipmentStatus, VehiclePosition
from tests.park.small_park import at, event, park, seconds, state_of

PARK = park()
NOW = at("2026-11-23 10:00")
GATE, DOCK = "changwon/gate/G-1", "changwon/dock/D-1"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def show(*events: Event, now: datetime = NOW) -> logistics.Summary:
    return logistics.summary(state_of(*events), PARK, now)


def drive(name: str, state: str, cargo: str = "general", when: datetime = NOW, *, off: bool = False) -> Event:
    fact = VehiclePosition(35.2, 128.6, 40, 0, state, cargo, "1017" if cargo == "dangerous" else None, off)  # type: ignore[arg-type]
    return event(fact, f"changwon/vehicle/{name}", when)


def slot(name: str, state: str, start: float, end: float, actual: float | None = None) -> Event:
    """A slot with its planned and actual times in minutes from now."""
    actual_start = None if actual is None else NOW + minutes(actual)
    fact = ShipmentStatus(name, DOCK, state, NOW + minutes(start), NOW + minutes(end), actual_start)  # type: ignore[arg-type]
    return event(fact, f"changwon/shipment/{name}", NOW)


def leave(name: str, turnaround_min: float, total_km: float, empty_km: float, ago_h: float = 1.0) -> Event:
    fact = GatePassage(name, "out", turnaround_min * 60, total_km, empty_km)
    return event(fact, GATE, NOW - timedelta(hours=ago_h))


def test_vehicles_inside_by_state() -> None:
    shown = show(
        drive("V-1", "moving"),
        drive("V-2", "docked"),
        drive("V-3", "moving", "dangerous", off=True),
        drive("V-4", "left"),
        drive("V-5", "moving", when=NOW - minutes(31)),  # not heard of: gone
    )
    assert shown.inside.value == 3
    assert shown.by_state == {"docked": 1, "moving": 2}
    assert (shown.dangerous_count, shown.dangerous_off_route) == (1, 1)
    assert (shown.dangerous[0].vehicle, shown.dangerous[0].un_number) == ("changwon/vehicle/V-3", "1017")


def test_gate_queue_and_wait_in_minutes() -> None:
    (gate,) = show(event(GateStatus(4, 150.0), GATE, NOW)).gates
    assert (gate.queue.value, gate.wait.value, gate.open) == (4, 2.5, True)
    assert gate.wait.time_ms == int(NOW.timestamp() * 1000)


@pytest.mark.parametrize(
    ("value", "band"),
    [(None, None), (29.9, "good"), (30.0, "good"), (30.1, "ok"), (60.0, "ok"), (60.1, "concern")],
)
def test_bands_of_the_turnaround(value: float | None, band: str | None) -> None:
    assert logistics.band(value) == band


def test_turnaround_and_empty_runs_of_the_last_day() -> None:
    shown = show(leave("V-1", 20, 10, 2), leave("V-2", 60, 30, 14), leave("V-3", 999, 99, 99, ago_h=24.5))
    assert shown.turnaround.value == pytest.approx(40)
    assert (shown.turnaround_band, shown.turnaround_target_min) == ("ok", 45)
    assert shown.empty_run.value == pytest.approx(40)  # 16 of 40 km


def test_no_trip_has_no_ratio() -> None:
    shown = show()
    readings = (shown.turnaround, shown.empty_run, shown.on_time, shown.queue_time, shown.utilisation)
    assert [reading.value for reading in readings] == [None] * 5


def test_slots_are_planned_late_now_and_done() -> None:
    shown = show(
        slot("V-1", "done", -120, -60, -118),
        slot("V-2", "docked", -60, -16, -50),
        slot("V-3", "arrived", -16, 30),
        slot("V-4", "planned", -15, 45),
        slot("V-5", "cancelled", -10, 20),
        slot("V-6", "planned", 13 * 60, 14 * 60),  # beyond what is shown
    )
    dock = next(dock for dock in shown.docks if dock.asset == DOCK)
    assert [(s.vehicle, s.state, s.late_min) for s in dock.slots] == [
        ("V-1", "done", None),
        ("V-2", "now", 16),
        ("V-3", "late", 16),
        ("V-4", "planned", None),
    ]
    assert (dock.late, shown.late) == (2, 2)


def test_on_time_is_within_fifteen_minutes_of_the_plan() -> None:
    shown = show(
        slot("V-1", "done", -120, -60, -105),
        slot("V-2", "done", -120, -60, -104),
        slot("V-3", "planned", 5, 9),
    )
    assert shown.on_time.value == 50


def test_queue_time_is_dock_start_minus_way_in() -> None:
    entered = event(GatePassage("V-1", "in"), GATE, NOW - minutes(80))
    earlier = event(GatePassage("V-1", "in"), GATE, NOW - minutes(400))
    assert show(entered, earlier, slot("V-1", "docked", -60, 30, -50)).queue_time.value == pytest.approx(30)


def test_utilisation_is_busy_over_open_time() -> None:
    # D-1 in the last 2 h: free 60 min (30 of them before), busy 30, closed 30, free 30
    def dock(state: str, ago: float) -> Event:
        return event(DockStatus(state), DOCK, NOW - minutes(ago))  # type: ignore[arg-type]

    shown = show(dock("free", 150), dock("busy", 90), dock("closed", 60), dock("free", 30))
    assert shown.utilisation.value == pytest.approx(100 * 30 / 90)


def test_a_slot_is_told_anew_not_twice() -> None:
    first, later = slot("V-1", "planned", 10, 40), slot("V-1", "arrived", 10, 40)
    later = event(later.data, later.subject, NOW + seconds(1))
    dock = show(first, later).docks[0]
    assert [s.state for s in dock.slots] == ["planned"]
    assert len(dock.slots) == 1
