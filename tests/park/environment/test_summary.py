"""The environment panel, worked out by hand."""

from datetime import timedelta

import pytest

from park.environment import summary as environment
from park.environment.facts import (
    AirObservation,
    GasObservation,
    OdourObservation,
    WaterObservation,
    WeatherObservation,
)
from park.environment.wind import mean_wind
from tests.park.small_park import at, event, park, seconds, state_of

PARK = park()
NOW = at("2026-11-23 10:30")


def air(pm10: float = 20, o3: float = 0.02) -> AirObservation:
    return AirObservation(pm10, 10, o3, 0.01, 0.3, 0.003)


def test_the_worst_station_speaks_for_the_park() -> None:
    state = state_of(event(air(), "changwon/air/AIR-1", NOW), event(air(o3=0.09), "changwon/air/AIR-2", NOW))
    shown = environment.summary(state, PARK, NOW)
    assert (shown.cai.value, shown.grade, shown.worst, shown.station) == (
        100,
        "moderate",
        "o3",
        "changwon/air/AIR-2",
    )
    assert shown.stations[0].index == 33  # pm10 and pm25 33, o3 33
    assert shown.stations[0].provisional


def test_particles_take_the_forecast_mean_of_the_hours() -> None:
    state = state_of()
    for hour in range(12):  # newest 4 hours at 100, before that 40
        value = 100 if hour < 4 else 40
        state.apply(event(air(value), "changwon/air/AIR-1", NOW - timedelta(hours=hour)))
    station = environment.stations(state, PARK, NOW)[0]
    pm10 = next(p for p in station.pollutants if p.name == "pm10")
    # C12 = 60, 100 / 60 = 1.67 <= 1.7: C4 = 75, C24E = 67.5 -> 68: 49/49 x 37 + 51 = 88
    assert pm10.value.value == pytest.approx(67.5)
    assert pm10.index == 88
    assert not station.provisional


def test_early_in_an_hour_the_hour_before_counts() -> None:
    state = state_of(event(air(o3=0.05), "changwon/air/AIR-1", at("2026-11-23 09:59")))
    assert environment.stations(state, PARK, at("2026-11-23 10:00"))[0].worst == "o3"
    gone = environment.stations(state, PARK, at("2026-11-23 11:00"))[0]
    assert (gone.index, gone.grade) == (None, None)


def test_no_air_no_index() -> None:
    shown = environment.summary(state_of(), PARK, NOW)
    assert (shown.cai.value, shown.grade, shown.worst) == (None, None, None)


def test_gases_stand_by_their_share_of_the_limit() -> None:
    state = state_of(
        event(GasObservation("H2S", 4.0), "changwon/gas/GAS-1", NOW),  # 40 % of 10
        event(GasObservation("NH3", 15.0), "changwon/gas/GAS-2", NOW),  # 60 % of 25
    )
    shown = environment.summary(state, PARK, NOW)
    assert [(g.what, g.limit_name) for g in shown.gases] == [("NH3", "TWA"), ("H2S", "TWA")]
    assert [g.share_pct for g in shown.gases] == pytest.approx([60, 40])


def test_a_silent_sensor_stands_last() -> None:
    state = state_of(
        event(GasObservation("H2S", 4.0), "changwon/gas/GAS-1", NOW),
        event(GasObservation("NH3", 25.0), "changwon/gas/GAS-2", NOW - seconds(21)),
    )
    assert [g.what for g in environment.summary(state, PARK, NOW).gases] == ["H2S", "NH3"]


def test_odour_tells_the_measure_nearest_to_its_limit() -> None:
    state = state_of(event(OdourObservation(10, 0.054, 0.2), "changwon/odour/OD-1", NOW))
    (odour,) = environment.summary(state, PARK, NOW).odours
    assert (odour.what, odour.limit) == ("h2s_ppm", 0.06)
    assert odour.share_pct == pytest.approx(90)


def test_water() -> None:
    state = state_of(event(WaterObservation(1.5, 7.1, 12.0), "changwon/water/W-1", NOW))
    (water,) = environment.summary(state, PARK, NOW).waters
    assert (water.level.value, water.ph.value, water.turbidity.value) == (1.5, 7.1, 12.0)


@pytest.mark.parametrize(
    ("winds", "speed", "origin"),
    [
        ([(2.0, 350.0), (2.0, 10.0)], 2 * 0.984808, 0.0),  # cos 10
        ([(3.0, 90.0)], 3.0, 90.0),
        ([(1.0, 0.0), (1.0, 90.0)], 0.707107, 45.0),
        ([(2.0, 0.0), (2.0, 180.0)], 0.0, None),
    ],
)
def test_mean_wind_is_that_of_the_vectors(
    winds: list[tuple[float, float]], speed: float, origin: float | None
) -> None:
    mean, came_from = mean_wind(winds)
    assert mean == pytest.approx(speed, abs=1e-5)
    if origin is not None:
        assert (came_from - origin + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_weather_is_of_the_fresh_points() -> None:
    def point(temperature: float) -> WeatherObservation:
        return WeatherObservation(temperature, 50, 2.0, 90, 0, 100)

    state = state_of(
        event(point(10), "changwon/weather/WX-1", NOW),
        event(point(30), "changwon/weather/WX-2", NOW - seconds(121)),
    )
    weather = environment.summary(state, PARK, NOW).weather
    assert (weather.temperature.value, weather.points) == (10, 1)
    assert weather.wind_speed.value == pytest.approx(2)
    assert weather.wind_from.value == pytest.approx(90)
    late = environment.summary(state, PARK, NOW + seconds(600)).weather
    assert (late.temperature.value, late.points) == (20, 0)
    assert late.temperature.time_ms == int((NOW - seconds(121)).timestamp() * 1000)
