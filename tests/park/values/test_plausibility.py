"""What a value can be, and what becomes of one that is none."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from park.alarms.engine import Conditions
from park.energy import summary as energy
from park.energy.facts import EssStatus, MeterReading, PvReading
from park.environment import summary as environment
from park.environment.facts import AirObservation, GasObservation, WaterObservation, WeatherObservation
from park.events.envelope import Event, InvalidEventError, decode, encode
from park.events.examples import examples
from park.logistics import summary as logistics
from park.logistics.facts import GateStatus, VehiclePosition
from park.state.state import State
from park.systems import new_state
from park.values.plausibility import FIELDS, SAID_CHARS
from tests.park.small_park import ASSETS, asset, event, park

NOW = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
SUBSTATION, METER, GAS = "changwon/substation/SS-1", "changwon/meter/M-1", "changwon/gas/GAS-1"
LORRY = "changwon/vehicle/V-1"
LARGEST = 1.7976931348623157e308
SINGLE = 3.4028234663852886e38


def state_of(*told: Event) -> State:
    state = new_state({one.id: one for one in ASSETS})
    for one in told:
        state.apply(one)
    return state


def posted(type_: str, **data: object) -> Event:
    """Return what becomes of an example whose data is changed as JSON."""
    raw = msgspec.json.decode(encode(examples()[type_]))
    raw["data"] |= data
    return decode(msgspec.json.encode(raw))


@pytest.mark.parametrize("nonsense", [LARGEST, -LARGEST, SINGLE, -SINGLE, -999.0, 2147483647.0, 1e30])
def test_a_meter_without_a_value_leaves_the_window_as_the_others_made_it(nonsense: float) -> None:
    good = [event(MeterReading(700.0, 1.0), SUBSTATION, NOW - timedelta(seconds=n)) for n in (30, 40, 50)]
    bad = [event(MeterReading(nonsense, 1.0), SUBSTATION, NOW - timedelta(seconds=n)) for n in (20, 10)]
    known = energy.window(state_of(*good, *bad), park(), NOW)
    assert known.mean.value == pytest.approx(700.0)
    summary = energy.summary(state_of(*good, *bad), park(), NOW)
    assert summary.grid.value is None
    assert summary.series.grid[-1][1] == pytest.approx(700.0)


@pytest.mark.parametrize("said", [-999, -9999, 9999, 65535, SINGLE, LARGEST, "NaN", "-inf", "n/a", None])
def test_a_gas_sensor_without_a_value_has_none_and_says_what_it_said(said: object) -> None:
    told = posted("park.gas.observation", ppm=said)
    assert decode(encode(told)) == told
    state = new_state({})
    believed = state.apply(told)
    assert believed.data.ppm is None
    mark = state.doubts.of(told.subject)["ppm"]
    assert mark.why == "no_value"
    if said is not None:
        assert mark.said in (str(said), f"{said:g}" if isinstance(said, float | int) else "")
    assert state.row(told.subject)[0] > 0
    assert state.row(told.subject)[2]["ppm"] is None


@pytest.mark.parametrize("ppm", [999.0, 5_000.0, 120_000.0, 999_999.0])
def test_a_gas_beyond_its_sensor_is_dangerous_and_stays_a_value(ppm: float) -> None:
    state = new_state({one.id: one for one in ASSETS})
    watch = Conditions(park(), state)
    told = []
    for second in range(0, 20, 5):
        seen = event(GasObservation("H2S", ppm), GAS, NOW + timedelta(seconds=second))
        state.apply(seen)
        told += watch.take(seen)
    assert {one.data.condition for one in told} >= {"gas_stel"}
    assert told[0].data.value == ppm


def test_what_is_no_code_and_below_what_can_be_is_still_refused_by_name() -> None:
    with pytest.raises(InvalidEventError) as refused:
        posted("park.gas.observation", ppm=-1)
    assert refused.value.path == "$.data.ppm"
    with pytest.raises(InvalidEventError) as refused:
        posted("park.feed.heartbeat", period_s=1e300)
    assert refused.value.path == "$.data.period_s"


@pytest.mark.parametrize("type_", sorted(FIELDS))
def test_every_measured_field_takes_codes_and_loses_only_itself(type_: str) -> None:
    good = examples()[type_]
    for field in FIELDS[type_]:
        told = posted(type_, **{field.name: SINGLE})
        believed = new_state({}).apply(told)
        assert getattr(believed.data, field.name) is None
        for other in FIELDS[type_]:
            if other.name != field.name:
                assert getattr(believed.data, other.name) == getattr(good.data, other.name)


def test_one_sensor_of_a_weather_point_fails_and_the_others_are_used() -> None:
    broken = WeatherObservation(-999.0, 57.0, 2.6, 310.0, 0.0, SINGLE)
    seen = environment.summary(state_of(event(broken, "changwon/weather/WX-1", NOW)), park(), NOW).weather
    assert seen.temperature.value is None
    assert seen.radiation.value is None
    assert seen.humidity.value == 57.0
    assert seen.wind_from.value == pytest.approx(310.0)


def test_a_pollutant_without_a_value_leaves_the_hourly_means_of_the_others() -> None:
    told = [
        event(
            AirObservation(40.0, 20.0, 0.03, 0.02, 0.5, so2), "changwon/air/AIR-1", NOW - timedelta(seconds=n)
        )
        for n, so2 in ((60, 0.002), (30, 9999.0), (10, LARGEST))
    ]
    station = environment.stations(state_of(*told), park(), NOW)[0]
    means = {pollutant.name: pollutant.value.value for pollutant in station.pollutants}
    assert means["so2"] == pytest.approx(0.002)
    assert means["o3"] == pytest.approx(0.03)


def test_a_value_is_held_against_the_rating_of_its_own_device() -> None:
    rated = asset("changwon/pv/PV-9", rated_kw=350.0)
    state = new_state({rated.id: rated})
    assert state.apply(event(PvReading(340.0, 1.0), rated.id, NOW)).data.power_kw == 340.0
    watts = state.apply(event(PvReading(340_000.0, 1.0), rated.id, NOW + timedelta(seconds=9)))
    assert watts.data.power_kw is None
    assert state.doubts.of(rated.id)["power_kw"].why == "implausible"


def test_a_doubt_is_over_with_the_next_good_value_and_late_ones_change_nothing() -> None:
    bad = event(WaterObservation(SINGLE, 7.0, 3.0), "changwon/water/W-1", NOW)
    good = event(WaterObservation(0.6, 7.0, 3.0), "changwon/water/W-1", NOW + timedelta(seconds=60))
    assert "changwon/water/W-1" in state_of(bad).doubts
    assert "changwon/water/W-1" not in state_of(bad, good).doubts
    assert "changwon/water/W-1" not in state_of(good, bad).doubts


def test_codes_of_bytes_words_and_full_turns_are_known() -> None:
    lamp = posted("park.light.status", dim_pct=255, state="failed")
    assert (lamp.data.dim_pct, lamp.data.state) == (None, "failed")
    assert posted("park.ess.status", soc_pct=255).data.soc_pct is None
    assert posted("park.weather.observation", wind_from_deg=360).data.wind_from_deg == 0.0
    gate = new_state({}).apply(event(GateStatus(65535, 4294967295.0), "changwon/gate/G-1", NOW))
    assert (gate.data.queue_vehicles, gate.data.wait_s) == (None, None)
    ess = new_state({}).apply(event(EssStatus(-500.0, 60.0, 9999.0, 65535.0), "changwon/ess/ESS-1", NOW))
    assert (ess.data.charged_kwh, ess.data.discharged_kwh) == (9999.0, 65535.0)  # counters do pass there


def lorry(lat: float, lon: float, second: int = 0, **changed: object) -> Event:
    fact = VehiclePosition(lat, lon, 30.0, 90.0, "moving", "dangerous", "1017", off_route=True)
    return event(msgspec.structs.replace(fact, **changed), LORRY, NOW + timedelta(seconds=second))


@pytest.mark.parametrize(
    ("lat", "lon"), [(0.0, 0.0), (0.001, -0.002), (37.56, 126.97), (-35.2, 128.6), (35.2, -128.6)]
)
def test_a_lorry_at_no_place_of_the_park_is_not_inside_and_not_off_route(lat: float, lon: float) -> None:
    state = new_state({one.id: one for one in ASSETS})
    watch = Conditions(park(), state)
    told = []
    for second in range(0, 60, 2):
        seen = lorry(lat, lon, second)
        state.apply(seen)
        told += watch.take(seen) + watch.tick(seen.time)
    panel = logistics.summary(state, park(), NOW + timedelta(seconds=60))
    assert (panel.dangerous_count, panel.inside.value) == (0, 0)
    assert "dg_off_route" not in {one.data.condition for one in told}
    assert state.doubts.of(LORRY).keys() >= {"lat", "lon"}


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 181.0), (LARGEST, SINGLE), (-999.0, -999.0), (None, None)])
def test_a_receiver_without_a_fix_says_codes_and_moves_nothing(lat: float, lon: float) -> None:
    told = posted("park.vehicle.position", lat=lat, lon=lon, heading_deg=511, speed_kmh=255)
    state = new_state({})
    state.apply(told)
    assert state.vehicles == {}
    assert state.doubts.of(told.subject).keys() == {"lat", "lon", "heading_deg", "speed_kmh"}


def test_a_place_that_nobody_could_have_driven_to_is_passed_over() -> None:
    near = [lorry(35.200, 128.600, 0), lorry(35.2001, 128.600, 2)]
    jump, back = lorry(35.25, 128.65, 4), lorry(35.2002, 128.600, 6)
    state = state_of(*near, jump)
    assert state.vehicles[LORRY].data.lat == 35.2001
    assert state.doubts.of(LORRY)["lat"].why == "jump"
    state.apply(back)
    assert state.vehicles[LORRY].data.lat == 35.2002
    assert LORRY not in state.doubts
    again = state_of(back, jump, *reversed(near))
    assert again.same_as(state)


def test_a_lorry_that_was_carried_is_found_by_its_second_fix() -> None:
    state = state_of(lorry(35.2, 128.6, 0), lorry(35.2, 128.6, 2), lorry(35.25, 128.65, 4))
    state.apply(lorry(35.2501, 128.65, 6))
    assert state.vehicles[LORRY].data.lat == 35.2501
    away = state_of(lorry(35.2, 128.6, 0), lorry(35.25, 128.65, 2, state="left"))
    assert away.vehicles[LORRY].data.state == "left"


def test_a_speed_or_heading_that_cannot_be_is_none_and_the_place_is_used() -> None:
    state = state_of(lorry(35.2, 128.6, 0, speed_kmh=65535.0, heading_deg=None))
    assert state.vehicle_row(LORRY)[:4] == (35.2, 128.6, None, None)


def test_a_missing_heading_colours_nothing_and_the_screen_gets_why_a_value_is_none() -> None:
    state = state_of(lorry(35.2, 128.6, 0, heading_deg=None))
    assert state.level(LORRY) == 0
    gas = state_of(event(GasObservation("H2S", 9999.0), GAS, NOW))
    assert gas.row(GAS)[2]["bad"] == {"ppm": ("no_value", "9999")}
    assert gas.row(GAS)[2]["ppm"] is None


@pytest.mark.parametrize("written", ["[" * 100_000, "no JSON", "[1]", '{"ppm": ' + "9" * 1000 + "}"])
def test_whatever_a_sender_writes_as_what_stood_there_harms_nothing(written: str) -> None:
    state = new_state({})
    told = replace(posted("park.gas.observation", ppm=None), novalue=written)
    state.apply(decode(encode(told)))
    assert len(state.doubts.of(told.subject)["ppm"].said) <= SAID_CHARS


def test_a_device_may_have_its_own_number_for_no_value() -> None:
    own = asset(GAS, 10.0, substance="H2S", no_value=250.0)
    state = new_state({own.id: own})
    state.apply(event(GasObservation("H2S", 250.0), GAS, NOW))
    assert state.doubts.of(GAS)["ppm"].why == "no_value"
    assert not state_of(event(GasObservation("H2S", 250.0), GAS, NOW)).doubts.of(GAS)


def test_a_long_wait_is_a_wait() -> None:
    assert posted("park.gate.status", wait_s=9999.0).data.wait_s == 9999.0
