"""Line crossing: however a foot trembles, one way over is one event, and to and fro are two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.rules import LineCrossing
from cctv.rules.base import Place
from tests.cctv.rules.walk import live, told

LINE = Place("gate", ((0.0, 200.0), (400.0, 200.0)))
HEIGHT = 100.0
TREMBLE = st.lists(st.floats(-1.9, 1.9), min_size=60, max_size=60)  # a box of 100 px is clear of it by 4


def ways(feet: list[float], trembles: list[float]) -> list[str | None]:
    boxes = [(180.0, foot + by - HEIGHT, 40.0, HEIGHT) for foot, by in zip(feet, trembles, strict=False)]
    return [found.direction for _, found in told(LineCrossing().build(LINE), live(boxes))]


@given(TREMBLE, st.floats(1.0, 20.0))
def test_one_way_over_is_one_event(trembles: list[float], step: float) -> None:
    steps = int(2 * 20 / step) + 2
    feet = [180 + step * n for n in range(min(steps, 60))]
    assert ways(feet, trembles) == ["down"]


@given(TREMBLE)
def test_to_and_fro_are_two(trembles: list[float]) -> None:
    over = [170 + 5.0 * n for n in range(13)]
    assert ways(over + over[::-1], trembles) == ["down", "up"]


@given(TREMBLE)
def test_who_stands_on_the_line_or_walks_along_it_crosses_nothing(trembles: list[float]) -> None:
    assert ways([200.0] * 60, trembles) == []


@pytest.mark.parametrize("turned", [False, True], ids=["drawn", "drawn the other way"])
@pytest.mark.parametrize(
    ("points", "way", "back"),
    [
        (((0.0, 100.0), (400.0, 400.0)), "up", "down"),  # flat, and who walks level goes over it upwards
        (((100.0, 0.0), (300.0, 400.0)), "right", "left"),
    ],
)
def test_the_way_is_told_by_the_sides_of_a_slanting_line(
    points: tuple[tuple[float, float], tuple[float, float]], way: str, back: str, *, turned: bool
) -> None:
    place = Place("slope", points[::-1] if turned else points, is_line=True)
    level = [(float(x), 150.0 + x / 100, 40.0, HEIGHT) for x in range(0, 360, 6)]  # a little downwards
    found = [one.direction for _, one in told(LineCrossing().build(place), live(level))]
    assert found == [way]
    found = [one.direction for _, one in told(LineCrossing().build(place), live(level[::-1]))]
    assert found == [back]
