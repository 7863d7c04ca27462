"""The mean wind at a moment, and how far its direction is to be trusted."""

from datetime import datetime

import pytest

from park.environment.facts import WeatherObservation
from park.environment.wind import wind_at
from park.state.state import State
from park.systems import new_state
from tests.park.sample_incidents import NOW, PARK, wind
from tests.park.small_park import event, seconds

NOW_MS = int(NOW.timestamp() * 1000)


def felt(*winds: tuple[str, WeatherObservation, datetime]) -> State:
    state = new_state(PARK.assets)
    for point, fact, when in winds:
        state.apply(event(fact, point, when))
    return state


def blown(from_deg: float, speed_ms: float, when: datetime = NOW) -> State:
    return felt(*((point, fact, when) for point, fact in all_points(from_deg, speed_ms)))


def all_points(from_deg: float, speed_ms: float) -> list[tuple[str, WeatherObservation]]:
    fact = WeatherObservation(5.0, 60.0, speed_ms, from_deg, 0.0, 0.0)
    return [(point, fact) for point, _fact in wind(0)]


@pytest.mark.parametrize(
    ("speed_ms", "half_deg"),
    [(10.0, 30.1), (3.0, 31.5), (1.0, 42.4), (0.5, 94.9), (0.49, 180.0)],
)
def test_a_light_wind_is_less_sure(speed_ms: float, half_deg: float) -> None:
    known = wind_at(blown(350.0, speed_ms), NOW_MS, 0.5, 30.0)
    assert known is not None
    assert known.speed_ms == pytest.approx(speed_ms)
    assert known.from_deg == pytest.approx(350.0)
    assert known.half_deg == pytest.approx(half_deg, abs=0.1)
    assert known.calm == (speed_ms < 0.5)


def test_points_that_disagree_are_less_sure_and_opposite_ones_are_a_calm() -> None:
    first, *others = all_points(0.0, 4.0)
    turned = [(point, WeatherObservation(5.0, 60.0, 4.0, 60.0, 0.0, 0.0), NOW) for point, _fact in others[:3]]
    same = [(*told, NOW) for told in (first, *others[3:])]
    mixed = wind_at(felt(*turned, *same), NOW_MS, 0.5, 30.0)
    assert mixed is not None
    assert mixed.from_deg == pytest.approx(30.0)
    assert mixed.half_deg == pytest.approx((30**2 + 8.3**2 + 30**2) ** 0.5, abs=0.2)
    opposite = [(point, WeatherObservation(5.0, 60.0, 4.0, 180.0, 0.0, 0.0), NOW) for point, _f in others[:3]]
    against = wind_at(felt(*opposite, *same), NOW_MS, 0.5, 30.0)
    assert against is not None
    assert against.calm


def test_it_is_the_wind_of_the_moment_up_to_ten_minutes_old() -> None:
    state = blown(90.0, 4.0)
    for point, fact in all_points(270.0, 4.0):
        state.apply(event(fact, point, NOW + seconds(7200)))
    then, later = wind_at(state, NOW_MS, 0.5, 30.0), wind_at(state, NOW_MS + 7_200_000, 0.5, 30.0)
    assert then is not None
    assert later is not None
    assert (round(then.from_deg), round(later.from_deg)) == (90, 270)
    assert wind_at(state, NOW_MS + 600_000, 0.5, 30.0) == then, "the ten minutes before"
    assert wind_at(state, NOW_MS + 1_800_000, 0.5, 30.0) is None, "nobody told"


def test_a_stranger_tells_no_wind() -> None:
    fact = WeatherObservation(5.0, 60.0, 4.0, 90.0, 0.0, 0.0)
    assert wind_at(felt(("elsewhere/weather/X", fact, NOW)), NOW_MS, 0.5, 30.0) is None
