"""The engine: repeatable to the byte, every event of the catalogue, a past without positions."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from data.park_files.park import load_park
from feeds.simulator.engine import HEARTBEAT_S, Engine
from park.energy.facts import MeterReading
from park.energy.summary import Summary, summary
from park.engine.facts import FeedHeartbeat
from park.events.envelope import Event, decode, encode
from park.lighting.facts import LightStatus
from park.logistics.facts import ShipmentStatus, VehiclePosition
from park.systems import new_state
from tests.feeds.lived_park import DAY, PARK, SETTINGS, engine, live


def test_the_same_seed_and_start_give_the_same_bytes_in_order() -> None:
    first, second = ([encode(event) for event in live(engine(), 120)] for _ in range(2))
    assert len(first) > 3000
    assert first == second


def test_a_fresh_park_does_not_change_the_bytes() -> None:
    """What one engine did leaves nothing behind that another would see."""
    other = Engine(load_park(SETTINGS), SETTINGS.park_dir, 1, DAY)
    assert [encode(event) for event in live(other, 30)] == [encode(event) for event in live(engine(), 30)]


def test_another_seed_is_another_day() -> None:
    first, second = ({encode(event) for event in live(engine(seed=seed), 20)} for seed in (1, 2))
    assert not first & second


def test_another_seed_measures_otherwise() -> None:
    def readings(seed: int) -> list[object]:
        return [e.data for e in live(engine(seed=seed), 60) if isinstance(e.data, MeterReading)]

    assert readings(1) != readings(2)


def test_every_event_can_be_read_again_and_is_said_once() -> None:
    made = engine(scenario="gas_leak")
    happened = [*made.roll_call(), *live(made, 180)]
    assert [decode(encode(event)) for event in happened] == happened
    assert max(Counter(event.key for event in happened).values()) == 1


def test_events_are_marked_as_synthetic_and_speak_of_known_things() -> None:
    for event in live(engine(), 60):
        assert event.source.startswith("simulator/changwon/")
        assert event.park == "changwon"
        assert event.subject in PARK.assets or event.subject.split("/")[1] in ("feed", "shipment")


def test_heartbeats_count_what_each_system_sent() -> None:
    happened = list(live(engine(), 60))
    beats = [event for event in happened if isinstance(event.data, FeedHeartbeat)]
    assert {event.subject for event in beats} == {
        f"changwon/feed/simulator-{name}"
        for name in ("energy", "traffic", "lights", "environment", "cameras")
    }
    assert len(beats) == 5 * 60 / HEARTBEAT_S
    last = [event for event in beats if event.subject.endswith("-lights")][-1]
    assert last.data.sent == sum(isinstance(event.data, LightStatus) for event in happened)


def test_time_goes_on_second_by_second() -> None:
    made = engine()
    for second in range(1, 31):
        assert {event.time for event in made.step()} <= {DAY + timedelta(seconds=second)}


def test_roll_call_leaves_no_asset_unknown() -> None:
    made = engine()
    called = {event.subject for event in made.roll_call()}
    watched = {f"changwon/camera/{p.stem}" for p in (SETTINGS.park_dir / "cameras").glob("*.toml")}
    silent = {a.kind for a in PARK.assets.values() if a.id not in called | watched}
    assert silent <= {"factory", "cabinet", "site", "vehicle"}  # vehicles that are away say nothing
    assert not called & watched, "a camera with a picture speaks for itself"
    assert sum(subject.startswith("changwon/vehicle/") for subject in called) > 30


def test_a_camera_set_up_in_the_room_speaks_for_itself_from_then_on(tmp_path: Path) -> None:
    made = Engine(PARK, SETTINGS.park_dir, 1, DAY, saved=tmp_path)
    assert "changwon/camera/CAM-001" in {event.subject for event in made.roll_call()}
    (tmp_path / "CAM-001.toml").touch()
    assert "changwon/camera/CAM-001" not in {event.subject for event in made.roll_call()}


def test_the_past_has_no_positions_and_no_lights() -> None:
    made = engine()
    told = list(made.past(DAY + timedelta(hours=2)))
    assert made.now == DAY + timedelta(hours=2)
    assert not any(isinstance(event.data, VehiclePosition | LightStatus) for event in told)
    assert all(DAY < event.time <= made.now for event in told)
    meters = Counter(event.subject for event in told if isinstance(event.data, MeterReading))
    assert set(meters.values()) == {24}  # one in five minutes


def test_the_past_tells_each_shipment_once() -> None:
    told = list(engine().past(DAY + timedelta(hours=2)))
    shipments = Counter(event.subject for event in told if isinstance(event.data, ShipmentStatus))
    assert len(shipments) > 40
    assert set(shipments.values()) == {1}


def test_counters_go_on_from_the_past_and_from_an_earlier_run() -> None:
    made = engine()
    past = list(made.past(DAY + timedelta(hours=1)))
    last = _counted(past)
    went_on = _counted(list(live(made, 60)))
    assert set(went_on) == set(last)
    assert all(went_on[meter] > last[meter] for meter in last)
    again = Engine(PARK, SETTINGS.park_dir, 1, made.now, dict(made.energy.counters))
    restarted = _counted(list(live(again, 60)))
    assert all(restarted[meter] >= went_on[meter] for meter in went_on)


def test_the_rooms_panels_understand_what_is_told() -> None:
    state, made = new_state(PARK.assets), engine()
    for event in [*made.roll_call(), *live(made, 70)]:
        state.apply(event)
    told: Summary = summary(state, PARK, made.now)
    assert told.demand.value is not None
    assert 5_000 < told.demand.value < PARK.config.energy.contract_power_kw * 1.2
    assert len(told.top_firms) == 8


def _counted(happened: list[Event]) -> dict[str, Any]:
    """Return the last counter of every meter."""
    return {e.subject: e.data.energy_kwh for e in happened if isinstance(e.data, MeterReading)}
