"""The energy panel, worked out by hand."""

from datetime import datetime, timedelta

import pytest

from park.energy import summary as energy
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.events.envelope import Event
from park.state.state import State
from tests.park.small_park import at, event, park, seconds, state_of

PARK = park()
SS, PV, FC = "changwon/substation/SS-1", "changwon/pv/PV-1", "changwon/fuelcell/FC-1"
ESS = "changwon/ess/ESS-1", "changwon/ess/ESS-2"
NOON = at("2026-11-23 12:00")


def grid(kw: float, when: datetime) -> Event:
    return event(MeterReading(kw, 0.0), SS, when)


def balance(when: datetime, grid_kw: float, pv: float, fc: float, ess: float) -> list[Event]:
    return [
        grid(grid_kw, when),
        event(PvReading(pv, 0.0), PV, when),
        event(FuelCellReading(fc, 0.0), FC, when),
        event(EssStatus(ess, 40.0, 0.0, 0.0), ESS[0], when),
        event(EssStatus(0.0, 80.0, 0.0, 0.0), ESS[1], when),
    ]


def test_demand_is_the_balance_at_the_substation() -> None:
    shown = energy.summary(state_of(*balance(NOON, 500, 100, 50, -30)), PARK, NOON + seconds(5))
    assert shown.demand.value == 620
    assert (shown.grid.value, shown.pv.value, shown.fuelcell.value, shown.ess.value) == (500, 100, 50, -30)
    assert shown.demand.time_ms == int(NOON.timestamp() * 1000)
    assert shown.ess_soc.value == pytest.approx(50.0)  # (3000 x 40 + 1000 x 80) / 4000


def test_a_part_that_never_spoke_leaves_the_time_unknown() -> None:
    shown = energy.summary(state_of(grid(500, NOON)), PARK, NOON)
    assert shown.demand.value == 500
    assert shown.demand.time_ms is None
    assert shown.grid.time_ms is not None


def test_a_sum_is_as_old_as_its_oldest_part() -> None:
    state = state_of(*balance(NOON, 500, 100, 50, 0), event(PvReading(90, 0.0), PV, NOON + seconds(60)))
    assert energy.summary(state, PARK, NOON + seconds(60)).demand.time_ms == int(NOON.timestamp() * 1000)


def test_nothing_known_is_nothing_shown() -> None:
    shown = energy.summary(state_of(), PARK, NOON)
    assert shown.demand.value is None
    assert shown.window.projected.value is None
    assert (shown.window.band, shown.self_sufficiency.value, shown.series.demand) == (0, None, ())


def test_window_is_projected_to_its_end() -> None:
    # 6 minutes at 800 kW = 80 kWh, then 1000 kW for 9 minutes = 150 kWh: 230 kWh / 0.25 h = 920 kW
    state = state_of(grid(800, NOON), grid(800, NOON + seconds(180)), grid(800, NOON + seconds(350)))
    now = NOON + timedelta(minutes=6)
    state.apply(grid(800, now - seconds(2)))
    assert energy.window(state, PARK, now).projected.value == pytest.approx(800)
    assert energy.project(800, 1000, 0.1) == pytest.approx(920)
    assert energy.project(None, 1000, 0.1) == pytest.approx(1000)
    assert energy.project(700, None, 0.1) == pytest.approx(700)


@pytest.mark.parametrize(
    ("kw", "band"), [(899, 0), (900, 90), (949, 90), (950, 95), (999, 95), (1000, 100), (1400, 100)]
)
def test_band_of_the_contract(kw: float, band: int) -> None:
    window = energy.window(state_of(grid(kw, NOON)), PARK, NOON + seconds(30))
    assert window.band == band
    assert window.share.value == pytest.approx(kw / 10)


def test_windows_begin_on_the_quarter_of_an_hour() -> None:
    state = state_of(grid(100, NOON - seconds(1)), grid(300, NOON))
    before, after = (energy.window(state, PARK, when) for when in (NOON - seconds(1), NOON))
    assert before.end_ms == after.start_ms == int(NOON.timestamp() * 1000)
    assert (before.mean.value, after.mean.value) == (100, 300)


def test_ratios_of_the_day() -> None:
    # 11:30-11:45 grid 300, pv 100 (all used); 11:45-12:00 grid -50, pv 200, fc 50: 200 of 250 kept
    half, three = at("2026-11-23 11:30"), at("2026-11-23 11:45")
    state = state_of(*balance(half, 300, 100, 0, 0), *balance(three, -50, 200, 50, 0))
    shown = energy.summary(state, PARK, NOON)
    assert shown.demand_today.value == pytest.approx((400 + 200) * 0.25)
    assert shown.self_consumption.value == pytest.approx(100 * 300 / 350)
    assert shown.self_sufficiency.value == pytest.approx(100 * 300 / 600)
    assert shown.carbon.today.value == pytest.approx(0.075 * 0.4173)
    assert (shown.carbon.factor, shown.carbon.year) == (0.4173, 2023)
    ms = int(half.timestamp() * 1000)
    assert shown.series.demand == ((ms, 400.0), (ms + 900_000, 200.0))
    assert shown.series.pv == ((ms, 100.0), (ms + 900_000, 200.0))


def test_the_day_begins_at_the_midnight_of_the_park() -> None:
    midnight = at("2026-11-23 00:00")
    state = state_of(*balance(midnight - seconds(1), 999, 0, 0, 0), *balance(midnight, 400, 0, 0, 0))
    shown = energy.summary(state, PARK, midnight + timedelta(minutes=15))
    assert shown.demand_today.value == pytest.approx(100)


def test_running_window_counts_for_the_time_it_ran() -> None:
    shown = energy.summary(state_of(*balance(NOON, 600, 0, 0, 0)), PARK, NOON + timedelta(minutes=5))
    assert shown.demand_today.value == pytest.approx(50)


def told(power: dict[str, float]) -> dict[tuple[str, str], float]:
    return {(flow.origin, flow.target): flow.power_kw for flow in energy.flows(power) if flow.power_kw}


def test_flows_serve_the_demand_first() -> None:
    assert told({"grid": 500, "pv": 100, "fuelcell": 50, "ess": -30}) == {
        ("pv", "demand"): 100,
        ("fuelcell", "demand"): 50,
        ("grid", "demand"): 470,
        ("grid", "ess"): 30,
    }
    assert told({"grid": -40, "pv": 200, "fuelcell": 0, "ess": -60}) == {
        ("pv", "demand"): 100,
        ("pv", "ess"): 60,
        ("pv", "grid"): 40,
    }


def test_top_firms_by_load() -> None:
    state: State = state_of(
        event(MeterReading(10, 0.0), "changwon/meter/M-1", NOON),
        event(MeterReading(90, 0.0), "changwon/meter/M-2", NOON),
    )
    firms = energy.summary(state, PARK, NOON).top_firms
    assert [(firm.asset, firm.power.value) for firm in firms] == [
        ("changwon/meter/M-2", 90),
        ("changwon/meter/M-1", 10),
    ]


def test_time_of_use_says_which_stretch_is_now_and_its_source() -> None:
    tou = energy.summary(state_of(), PARK, at("2026-11-23 16:30")).tou
    assert tou.now is not None
    assert tou.bands[tou.now].band == "peak"
    assert tou.season == "winter"
    assert "assumed" in tou.certainty
