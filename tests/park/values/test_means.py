"""Means are over time, not over samples: a source that tells changes only is measured right."""

from datetime import datetime, timedelta

import pytest

from park.alarms.engine import Conditions
from park.alarms.facts import AlarmRaised
from park.energy import summary as energy
from park.energy.facts import EssStatus, MeterReading, PvReading
from park.energy.memory import EnergyMemory
from park.environment import summary as environment
from park.environment.facts import AirObservation, WeatherObservation
from park.environment.memory import EnvironmentMemory
from park.environment.wind import wind_at
from park.events.base import FactBase
from park.events.envelope import Event
from park.logistics import summary as logistics
from park.logistics.facts import DockStatus
from park.state.state import State
from park.systems import new_state
from park.values.means import MeanRing
from tests.park.small_park import ASSETS, asset, at, event, park, seconds, state_of

PARK = park()
NOON = at("2026-11-23 12:00")
SS, PV, ESS = "changwon/substation/SS-1", "changwon/pv/PV-1", "changwon/ess/ESS-1"
END = NOON + timedelta(minutes=15)


def ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def mean_kw(state: State, start: datetime = NOON, now: datetime = END, subject: str = SS) -> float | None:
    found = state.memory(EnergyMemory).power[subject].mean(ms(start), ms(now))
    return None if found is None else found[0]


def meter(*told: tuple[float, float], counter: bool = True, start: datetime = NOON) -> list[Event]:
    """Readings ``(minute, kW)`` of a meter that counts what its power says, until the next."""
    events, kwh, before = [], 1000.0, None
    for minute, kw in told:
        if before is not None and counter:
            kwh += before[1] * (minute - before[0]) / 60
        events.append(event(MeterReading(kw, round(kwh, 3)), SS, start + timedelta(minutes=minute)))
        before = minute, kw
    return events


# 1,500 kW for ten minutes told once, then changes of each ten seconds: (10 x 1500 + 5 x 300) / 15 = 1100 kW
CHANGES = [(0.0, 1500.0), *((10 + n / 6, 300.0 + n % 2) for n in range(30))]


@pytest.mark.parametrize("counter", [True, False], ids=["counter", "power alone"])
def test_a_meter_that_tells_changes_only_has_its_true_mean(counter: bool) -> None:
    state = state_of(*meter(*CHANGES, counter=counter))
    assert mean_kw(state) == pytest.approx(1100, abs=1)


def test_it_alarms_at_what_it_truly_draws() -> None:
    state = state_of(*meter(*CHANGES))
    conditions, told = Conditions(PARK, state), []
    for second in range(0, 90, 5):
        told += conditions.tick(END - seconds(91 - second))
    raised = [alarm.data for alarm in told if isinstance(alarm.data, AlarmRaised)]
    assert energy.window(state, PARK, END - seconds(1)).share.value == pytest.approx(110, abs=0.2)
    assert energy.window(state, PARK, END - seconds(1)).band == 100
    assert max(alarm.value or 0 for alarm in raised) >= 100


def test_the_counter_tells_what_the_power_left_out() -> None:
    # polled each minute at its lowest, 480 kW, while 1,100 kW go by: a pulsing load
    told = [
        event(MeterReading(480, 5000 + 1100 * n / 60), SS, NOON + timedelta(minutes=n)) for n in range(16)
    ]
    assert mean_kw(state_of(*told)) == pytest.approx(1100)


def test_a_gap_within_the_window_is_what_the_counter_says() -> None:
    told = [
        event(MeterReading(1000, 0), SS, NOON),
        event(MeterReading(1000, 100), SS, NOON + timedelta(minutes=12)),
        event(MeterReading(1000, 150), SS, END),
    ]
    assert mean_kw(state_of(*told)) == pytest.approx(600)


def test_a_counter_that_begins_again_counts_for_nothing() -> None:
    told = [event(MeterReading(600, kwh), SS, NOON + timedelta(minutes=m)) for m, kwh in
            ((0, 9990.0), (5, 10_040.0), (6, 10.0), (10, 50.0), (15, 100.0))]  # fmt: skip
    assert mean_kw(state_of(*told)) == pytest.approx(600)


@pytest.mark.parametrize("factor", [0.0, 1e-3, 1e3, 1e9])
def test_a_counter_of_another_unit_or_none_is_not_believed(factor: float) -> None:
    told = [event(MeterReading(900, 1 + factor * 15 * n), SS, NOON + timedelta(minutes=n)) for n in range(16)]
    assert mean_kw(state_of(*told)) == pytest.approx(900)


def test_a_coarse_counter_does_not_shake_the_mean() -> None:
    told = [
        event(MeterReading(900, 100.0 * int(0.9 * n / 0.36 / 100)), SS, NOON + seconds(10 * n))
        for n in range(91)
    ]
    for minute in (1, 3, 8, 15):
        now = NOON + timedelta(minutes=minute)
        assert mean_kw(state_of(*(e for e in told if e.time <= now)), now=now) == pytest.approx(900)


def test_what_flows_back_is_by_power_where_one_way_is_counted() -> None:
    told = [event(MeterReading(-200, 70), SS, NOON), event(MeterReading(400, 70), SS, NOON + seconds(300))]
    assert mean_kw(state_of(*told)) == pytest.approx((-200 * 5 + 400 * 10) / 15)


def test_a_battery_counts_both_ways() -> None:
    both = [EssStatus(-100, 50, 10 + 150 * n / 60, 4 + 90 * n / 60) for n in range(16)]
    state = state_of(*(event(fact, ESS, NOON + timedelta(minutes=n)) for n, fact in enumerate(both)))
    assert mean_kw(state, subject=ESS) == pytest.approx(-60)


def test_a_power_that_stood_over_whole_windows_is_known_by_its_counter() -> None:
    told = meter((-50, 1100), (25, 300))
    assert mean_kw(state_of(*told)) == pytest.approx(1100)  # no word of its own in this window
    assert mean_kw(state_of(*told), NOON + timedelta(minutes=15), NOON + timedelta(minutes=30)) == (
        pytest.approx((1100 * 10 + 300 * 5) / 15)
    )


def test_a_gap_that_nothing_tells_of_is_unknown_and_not_drawn_through() -> None:
    told = [event(MeterReading(1100, 0), SS, NOON - timedelta(minutes=50)),
            event(MeterReading(300, 0), SS, NOON + timedelta(minutes=25))]  # fmt: skip
    assert SS in state_of(*told).memory(EnergyMemory).power
    assert mean_kw(state_of(*told)) is None
    assert mean_kw(state_of(*told), NOON + timedelta(minutes=15), NOON + timedelta(minutes=30)) == 300


def test_late_words_change_the_mean_of_what_is_over() -> None:
    state = state_of(*meter((0, 1000), (20, 1000), counter=False))
    later = NOON + timedelta(minutes=20)
    assert mean_kw(state, now=later) == pytest.approx(1000)
    state.apply(event(MeterReading(400, 0), SS, NOON + timedelta(minutes=5)))
    assert mean_kw(state, now=later) == pytest.approx((5 * 1000 + 10 * 400) / 15)


def test_own_production_is_over_time_as_well() -> None:
    told = [event(PvReading(300, 0), PV, NOON)]
    told += [event(PvReading(0, 0), PV, NOON + timedelta(minutes=10, seconds=n)) for n in range(20)]
    assert mean_kw(state_of(*told), subject=PV) == pytest.approx(200)


def air(pm10: float) -> FactBase:
    return AirObservation(pm10, 10, 0.02, 0.01, 0.3, 0.003)


def test_the_hour_of_an_air_station_is_over_time() -> None:
    hour = at("2026-11-23 10:00")
    told = [event(air(20), "changwon/air/AIR-1", hour)]
    late = hour + timedelta(minutes=50)
    told += [event(air(200), "changwon/air/AIR-1", late + seconds(10 * n)) for n in range(60)]
    state = state_of(*told)
    found = (
        state.memory(EnvironmentMemory)
        .air["changwon/air/AIR-1"]
        .mean(ms(hour), ms(hour + timedelta(hours=1)))
    )
    assert found is not None
    assert found[0] == pytest.approx((50 * 20 + 10 * 200) / 60)
    station = environment.stations(state, PARK, hour + timedelta(minutes=59, seconds=59))[0]
    shown = next(p.value.value for p in station.pollutants if p.name == "so2")
    assert shown == pytest.approx(0.003)


def test_a_pollutant_without_value_counts_for_no_time() -> None:
    ring = MeanRing(3600, 3)
    start = at("2026-11-23 10:00")
    for minute, row in ((0, (10.0, 1.0)), (15, (None, 2.0)), (30, (40.0, 3.0))):
        ring.put(event(air(0), "x", start + timedelta(minutes=minute)), row)
    found = ring.mean(ms(start), ms(start + timedelta(hours=1)))
    assert list(found or ()) == pytest.approx([(15 * 10 + 30 * 40) / 45, (15 * 1 + 15 * 2 + 30 * 3) / 60])


def test_the_mean_wind_is_over_time() -> None:
    def wind(from_deg: float, second: float) -> Event:
        fact = WeatherObservation(15, 50, 4, from_deg, 0, 0)
        return event(fact, "changwon/weather/WX-1", NOON + seconds(second))

    state = state_of(wind(90, 0), *(wind(180, 540 + n) for n in range(60)))
    found = wind_at(state, ms(NOON) + 599_000, 0.5, 10)
    assert found is not None
    assert found.from_deg == pytest.approx(96, abs=1)  # nine minutes east, one south


def test_a_dock_that_told_its_state_long_ago_still_counts() -> None:
    now = NOON
    lasting = event(DockStatus("busy"), "changwon/dock/D-1", now - timedelta(hours=6))
    other = event(DockStatus("free"), "changwon/dock/D-2", now - timedelta(hours=9))
    state = state_of(lasting, other)
    assert logistics.summary(state, PARK, now).utilisation.value == pytest.approx(50)


def test_a_meter_of_no_period_is_measured_alike() -> None:
    assets = {a.id: a for a in ASSETS} | {SS: asset(SS, None)}
    state = new_state(assets)
    for told in meter(*CHANGES):
        state.apply(told)
    assert mean_kw(state) == pytest.approx(1100, abs=1)
