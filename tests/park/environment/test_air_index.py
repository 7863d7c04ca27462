"""The air-quality index, worked out by hand from the published formulas."""

import pytest

from park.environment.air_index import c24e, combine
from tests.park.small_park import park

CAI = park().limits.cai
SCALES = {scale.name: scale for scale in CAI.pollutants}


@pytest.mark.parametrize(
    ("name", "value", "index", "grade"),
    [
        ("pm10", 0, 0, "good"),
        ("pm10", 30, 50, "good"),
        ("pm10", 30.4, 50, "good"),  # rounds to 30
        ("pm10", 31, 51, "moderate"),
        ("pm10", 80, 100, "moderate"),
        ("pm10", 81, 101, "bad"),
        ("pm10", 150, 250, "bad"),
        ("pm10", 151, 251, "very_bad"),
        ("pm10", 600, 500, "very_bad"),
        ("pm10", 900, 500, "very_bad"),
        ("pm25", 25, 74, "moderate"),  # 49/19 x 9 + 51 = 74.2
        ("pm25", 36, 101, "bad"),
        ("o3", 0.060, 75, "moderate"),  # 49/0.059 x 0.029 + 51 = 75.1
        ("o3", 0.0304, 50, "good"),
        ("no2", 0.061, 101, "bad"),
        ("co", 2.01, 51, "moderate"),
        ("so2", 0.151, 251, "very_bad"),
    ],
)
def test_sub_index(name: str, value: float, index: int, grade: str) -> None:
    assert CAI.index(SCALES[name], value) == (index, grade)


def test_no_value_has_no_index() -> None:
    assert CAI.index(SCALES["pm10"], None) == (None, None)


def test_forecast_mean_below_m_is_the_mean_of_both_means() -> None:
    hours = [40.0] * 4 + [10.0] * 8  # C12 = 20, C4 = 40
    assert c24e(hours, 70.0) == pytest.approx(30.0)


def test_forecast_mean_lessens_a_steady_high() -> None:
    # all 100: C12 = 100, Ci >= 70 and Ci / C12 = 1, so C4 = 75
    assert c24e([100.0] * 12, 70.0) == pytest.approx(87.5)


def test_forecast_mean_keeps_a_jump() -> None:
    # C12 = (4 x 200 + 8 x 20) / 12 = 80; 200 / 80 = 2.5 > 1.7: not lessened
    assert c24e([200.0] * 4 + [20.0] * 8, 70.0) == pytest.approx(140.0)


def test_forecast_mean_leaves_missing_hours_out() -> None:
    assert c24e([10.0, None, 30.0] + [None] * 9, 70.0) == pytest.approx(20.0)
    assert c24e([None] * 4 + [50.0] * 8, 70.0) is None


def _indices(**changed: int | None) -> dict[str, int | None]:
    plain: dict[str, int | None] = dict.fromkeys(SCALES, 40)
    return plain | changed


@pytest.mark.parametrize(
    ("changed", "index", "worst"),
    [
        ({"o3": 90}, 90, "o3"),
        ({"pm10": 120}, 120, "pm10"),
        ({"pm10": 120, "pm25": 130}, 180, "pm25"),
        ({"pm10": 120, "pm25": 130, "o3": 110}, 205, "pm25"),
        ({"pm10": 490, "pm25": 480, "o3": 470}, 500, "pm10"),
        ({"pm10": 100, "pm25": 100}, 100, "pm10"),  # moderate still: nothing added
        ({"so2": None}, 40, "pm10"),
        ({"no2": None}, None, None),
        ({"pm25": None}, None, None),
    ],
)
def test_combined(changed: dict[str, int | None], index: int | None, worst: str | None) -> None:
    assert combine(_indices(**changed), CAI) == (index, worst)


def test_grade_of_a_combined_index() -> None:
    assert [CAI.grade(index) for index in (50, 51, 250, 251)] == ["good", "moderate", "bad", "very_bad"]
