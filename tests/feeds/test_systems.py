"""The systems: balanced energy, lights at night, sun by day, a battery that knows the tariff, traffic."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.simulator.effects import (
    Astray,
    Charge,
    Crowd,
    Dark,
    Effect,
    Flood,
    Load,
    Mute,
    Odour,
    Outage,
    Scenario,
    Silence,
    Wind,
)
from feeds.simulator.engine import Engine
from park.cameras.facts import CameraHealth
from park.energy.facts import EssStatus, PvReading
from park.energy.tariffs import bands, tariff_of
from park.environment.facts import OdourObservation, WaterObservation, WeatherObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.lighting.facts import LightStatus
from park.logistics.facts import DockStatus, GatePassage, GateStatus, ShipmentStatus, VehiclePosition
from tests.feeds.lived_park import DAY, NIGHT, PARK, engine, live

EVENING = datetime.fromisoformat("2026-11-23T17:15:00+09:00")


def facts(happened: Iterable[Event], kind: type[FactBase]) -> list[Any]:
    return [event.data for event in happened if isinstance(event.data, kind)]


def hour_of(band: str) -> datetime:
    """Return an instant in the middle of a stretch of the working day's tariff."""
    day = DAY.date()
    stretches = bands(tariff_of(PARK.tariffs, day), day, PARK.zone, PARK.holidays)
    stretch = next(s for s in stretches if s.band == band)
    return stretch.start + (stretch.end - stretch.start) / 2


@pytest.mark.parametrize("start", [DAY, NIGHT, EVENING])
def test_the_grid_brings_what_is_drawn_and_not_made(start: datetime) -> None:
    energy = engine(start).energy
    for second in range(0, 3600, 600):
        list(energy.step(start + timedelta(seconds=second), 600))
        by_kind: defaultdict[str, float] = defaultdict(float)
        for asset in energy.assets:
            by_kind[asset.kind] += energy.power_kw[asset.id]
        made = by_kind["pv"] + by_kind["fuelcell"] + by_kind["ess"]
        assert by_kind["meter"] == pytest.approx(by_kind["substation"] + made)


def test_no_sun_at_night_and_much_at_noon() -> None:
    noon = datetime.fromisoformat("2026-11-23T12:00:00+09:00")
    assert {fact.power_kw for fact in facts(live(engine(NIGHT), 10), PvReading)} == {0.0}
    assert min(fact.power_kw for fact in facts(live(engine(noon), 10), PvReading)) > 20


def test_lights_burn_at_night_and_rest_by_day() -> None:
    night = facts(live(engine(NIGHT), 60), LightStatus)
    day = facts(live(engine(DAY), 60), LightStatus)
    assert len(night) > 500
    assert all(fact.dim_pct == 50 and fact.power_w > 30 for fact in night if fact.state == "normal")
    assert all(fact.dim_pct == 0 and fact.power_w < 1 for fact in day)
    evening = facts(live(engine(EVENING + timedelta(hours=2)), 10), LightStatus)
    assert {fact.dim_pct for fact in evening if fact.state == "normal"} == {80}


def test_few_lights_are_broken() -> None:
    states = Counter(
        event.data.state for event in engine().roll_call() if isinstance(event.data, LightStatus)
    )
    assert states.total() == 4449
    assert 10 < states["failed"] < 90


def test_the_battery_charges_when_it_is_cheap_and_gives_when_it_is_dear() -> None:
    for band, sign in (("light", -1), ("peak", 1)):
        told = facts(live(engine(hour_of(band)), 60), EssStatus)
        assert told
        assert all(fact.power_kw * sign > 0 for fact in told), band
    assert {fact.power_kw for fact in facts(live(engine(hour_of("mid")), 60), EssStatus)} == {0.0}


def battery(hours: int) -> list[Any]:
    """Return what the battery tells, every ten minutes."""
    energy = engine(NIGHT).energy
    turns = (NIGHT + timedelta(minutes=10 * turn) for turn in range(1, 6 * hours + 1))
    return facts((event for now in turns for event in energy.step(now, 600)), EssStatus)


def test_the_battery_stays_within_its_bounds_for_two_days() -> None:
    levels = [fact.soc_pct for fact in battery(hours=48)]
    assert min(levels) >= 14
    assert 80 < max(levels) <= 90.5


def test_counters_never_run_backwards() -> None:
    told = battery(hours=24)
    assert [f.charged_kwh for f in told] == sorted(f.charged_kwh for f in told)
    assert [f.discharged_kwh for f in told] == sorted(f.discharged_kwh for f in told)
    assert told[-1].discharged_kwh > 0


def test_freight_comes_is_served_in_turn_and_goes() -> None:
    told = list(engine().past(DAY + timedelta(hours=3)))
    passages = facts(told, GatePassage)
    out = [fact for fact in passages if fact.direction == "out"]
    assert len(out) > 30
    for fact in out:
        assert fact.total_km
        assert fact.empty_km is not None
        assert fact.turnaround_s
        assert 0 <= fact.empty_km <= fact.total_km < 40
        assert 10 * 60 < fact.turnaround_s < 3 * 3600
    done = [fact for fact in facts(told, ShipmentStatus) if fact.state == "done"]
    assert all(f.actual_start and f.actual_end and f.actual_start < f.actual_end for f in done)


def test_a_dock_serves_one_vehicle_at_a_time() -> None:
    for fact in facts(engine().past(DAY + timedelta(hours=2)), DockStatus):
        assert (fact.state == "busy") == (fact.vehicle is not None)
        assert fact.queue_vehicles == 0 or fact.state == "busy"


def test_vehicles_keep_to_the_speed_and_to_the_park() -> None:
    happened = list(live(engine(), 120))
    last: dict[str, VehiclePosition] = {}
    for event in happened:
        if not isinstance(event.data, VehiclePosition):
            continue
        fact: Any = event.data
        assert fact.speed_kmh <= 60
        assert (fact.cargo == "dangerous") == (fact.un_number is not None)
        before = last.get(event.subject)
        if before and "left" not in (fact.state, before.state):
            assert abs(fact.lat - before.lat) + abs(fact.lon - before.lon) < 0.0012  # about 40 m a turn
        last[event.subject] = fact
    assert sum(fact.state == "moving" for fact in last.values()) > 10


@pytest.mark.parametrize("start", [DAY, NIGHT])
def test_62_vehicles_or_more_are_inside_at_any_hour_and_most_of_them_drive(start: datetime) -> None:
    traffic, at = engine(start).traffic, start
    for _ in range(8 * 12):
        at += timedelta(minutes=5)
        list(traffic.step(at, 300))
        doing = Counter(vehicle.doing for vehicle in traffic.vehicles.values())
        assert doing.total() - doing["away"] >= 62
    positions = facts(live(engine(start), 10), VehiclePosition)
    assert sum(fact.speed_kmh > 0 for fact in positions) > 0.75 * len(positions)
    assert any(fact.un_number for fact in positions)


def test_less_freight_comes_at_night() -> None:
    def came(start: datetime) -> int:
        told = facts(engine(start).past(start + timedelta(hours=3)), GatePassage)
        return sum(fact.direction == "in" for fact in told)

    assert 0 < came(NIGHT) < came(DAY)


def staged(effect: Effect, start: datetime) -> Engine:
    """Return an engine under one effect."""
    made = engine(start)
    made.stage.play(Scenario(name={"ko": "x", "en": "x"}, incidents=(), effects=(effect,)), start)
    return made


def lights_of(made: Engine) -> set[str]:
    return {light.id for light in made.systems[2].assets if str(light.traits["cabinet"]).endswith("CAB-120")}


def test_a_dark_cabinet_is_told_at_once_and_so_is_its_repair() -> None:
    made = staged(Dark(at_s=2, for_s=10, on=("cabinet/CAB-120",)), NIGHT)
    lights, told = lights_of(made), list(live(made, 13))
    for state, second in (("failed", 2), ("normal", 12)):
        at = NIGHT + timedelta(seconds=second)
        said = {e.subject for e in told if e.time == at and e.subject in lights and e.data.state == state}
        assert said == lights, state


def test_a_cut_camera_is_told_at_once_and_so_is_its_repair() -> None:
    made = engine(scenario="camera_cut")
    told = [e for e in live(made, 906) if e.subject.endswith("/CAM-094") and isinstance(e.data, CameraHealth)]
    states = {(e.time - DAY).total_seconds(): e.data.state for e in told}
    assert states[5] == "lost"
    assert states[905] == "ok"
    assert {state for second, state in states.items() if 5 <= second < 905} == {"lost"}


def test_a_silenced_sensor_says_nothing_until_it_is_over() -> None:
    made = staged(Silence(at_s=0, for_s=60, on=("gas/GAS-002",)), DAY)
    times = [e.time for e in live(made, 90) if e.subject == "changwon/gas/GAS-002"]
    assert times
    assert min(times) >= DAY + timedelta(seconds=60)


def test_a_firm_under_load_draws_as_much_more() -> None:
    made, calm = staged(Load(at_s=0, for_s=100, on=("factory/A-01",), factor=3.0), DAY), engine()
    for either in (made, calm):
        list(live(either, 50))
    meter = "changwon/meter/M-A-01"
    assert made.energy.power_kw[meter] == pytest.approx(3 * calm.energy.power_kw[meter], rel=0.01)
    other = "changwon/meter/M-A-02"
    assert made.energy.power_kw[other] == calm.energy.power_kw[other]


def test_a_slow_gate_tells_how_long_one_waits() -> None:
    made = staged(Crowd(at_s=0, for_s=3000, on=("gate/GATE-S",), slow=20.0), DAY)
    told = [e.data for e in live(made, 900) if e.subject == "changwon/gate/GATE-S"]
    states = [fact for fact in told if isinstance(fact, GateStatus) and fact.queue_vehicles]
    assert states
    assert all(fact.wait_s == (fact.queue_vehicles or 0) * 440 for fact in states)


def test_a_substation_that_goes_takes_all_meters_and_all_that_feeds_in() -> None:
    made = staged(Outage(at_s=5, for_s=120, on=("substation/SUB-1",)), DAY)
    list(live(made, 4))
    assert made.energy.power_kw["changwon/meter/M-A-01"] > 0.5
    list(live(made, 4))
    assert set(made.energy.power_kw.values()) == {0.0}


def test_a_firm_without_supply_is_alone() -> None:
    made = staged(Outage(at_s=0, for_s=120, on=("factory/A-01",)), DAY)
    list(live(made, 4))
    dead = {meter for meter, kw in made.energy.power_kw.items() if kw == 0 and "/meter/" in meter}
    assert dead == {"changwon/meter/M-A-01"}


def test_the_staged_wind_blows_over_the_whole_park_and_then_the_weather_again() -> None:
    made = staged(Wind(at_s=0, for_s=60, on=(), speed_ms=6.0, from_deg=123.0), DAY)
    world = made.energy.world
    assert world.wind(DAY + timedelta(seconds=30)) == (6.0, 123.0)
    assert world.wind(DAY + timedelta(seconds=90)) == world.climate.wind(DAY + timedelta(seconds=90))
    told = facts(live(made, 59), WeatherObservation)
    assert told
    assert all(abs(fact.wind_from_deg - 123) < 15 for fact in told)


def test_odour_and_water_rise_where_they_are_staged_and_nowhere_else() -> None:
    made = staged(
        Odour(at_s=0, for_s=600, on=("odour/ODR-05",), add_ratio=60.0, add_h2s_ppm=0.2, add_nh3_ppm=5.0), DAY
    )
    happened = list(live(made, 150))
    smelt = {
        e.subject for e in happened if isinstance(e.data, OdourObservation) and (e.data.h2s_ppm or 0) > 0.06
    }
    assert smelt == {"changwon/odour/ODR-05"}
    made = staged(Flood(at_s=0, for_s=600, on=("water/WTR-03",), add_m=2.5), DAY)
    happened = list(live(made, 150))
    high = {e.subject for e in happened if isinstance(e.data, WaterObservation) and (e.data.level_m or 0) > 2}
    assert high == {"changwon/water/WTR-03"}


def test_a_battery_tells_the_charge_that_is_staged() -> None:
    made = staged(Charge(at_s=0, for_s=60, on=("ess/ESS-1",), soc_pct=97.0), DAY)
    assert {fact.soc_pct for fact in facts(live(made, 30), EssStatus)} == {97.0}


def test_a_lorry_gone_astray_stands_laden_where_it_was_sent() -> None:
    made = staged(Astray(at_s=0, for_s=60, on=("vehicle/V-026",), beside="gas/GAS-011"), DAY)
    told = [e.data for e in live(made, 20) if e.subject == "changwon/vehicle/V-026"]
    beside = PARK.assets["changwon/gas/GAS-011"]
    assert told
    for fact in told:
        assert fact.off_route
        assert fact.cargo == "dangerous"
        assert fact.un_number
        assert abs(fact.lat - beside.lat) < 0.001


def test_a_muted_feed_says_nothing_and_comes_back() -> None:
    made = staged(Mute(at_s=20, for_s=40, on=("feed/simulator-environment",)), DAY)
    told = [(e.time - DAY).total_seconds() for e in live(made, 90) if e.source.endswith("/environment")]
    assert min(told) < 20
    assert max(told) >= 60
    assert not [second for second in told if 20 <= second < 60]
