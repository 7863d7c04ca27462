"""The time of pictures runs on, whatever their stamps do."""

from collections.abc import Sequence

import pytest

from cctv.sources.timeline import JUMP_S, USUAL_FPS, Timeline


def placed(
    stamps_s: Sequence[float | None], fps: float | None = 10.0, longest_s: float | None = JUMP_S
) -> list[float]:
    timeline = Timeline(fps, longest_s)
    return [round(timeline.place(stamp_s), 3) for stamp_s in stamps_s]


@pytest.mark.parametrize(
    ("stamps_s", "times_s"),
    [
        ([5.0, 5.1, 5.2], [0.0, 0.1, 0.2]),  # begins anywhere
        ([-1.5, -1.4, 0.0], [0.0, 0.1, 1.5]),  # before zero
        ([0.0, 0.1, 4.1, 4.2], [0.0, 0.1, 4.1, 4.2]),  # a pause
        ([0.0, 1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 2.0, 2.1, 3.1]),  # begins again
        ([0.0, 1.0, 90.0, 91.0], [0.0, 1.0, 1.1, 2.1]),  # jumps ahead
        ([0.0, 1.0, 90.0, 1.2, 1.3], [0.0, 1.0, 1.1, 1.2, 1.3]),  # one wrong stamp
        ([None, None, None], [0.0, 0.1, 0.2]),  # none at all
        ([None, 7.0, 7.1], [0.0, 0.1, 0.2]),  # none at first
        ([0.0, None, 0.2], [0.0, 0.1, 0.2]),  # one missing
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.1, 0.2, 0.3]),  # stands still
        ([0.0, 0.2, 0.15, 0.4], [0.0, 0.2, 0.3, 0.4]),  # two changed places
    ],
)
def test_times_grow(stamps_s: list[float | None], times_s: list[float]) -> None:
    assert placed(stamps_s) == times_s


def test_a_pause_is_believed_where_stamps_do_not_jump() -> None:
    assert placed([0.0, 3600.0], longest_s=None) == [0.0, 3600.0]


def test_breaks_are_counted() -> None:
    timeline = Timeline(10.0, JUMP_S)
    for stamp_s in (0.0, 0.1, 0.2, 0.0, 0.1, 500.0, 0.0):
        timeline.place(stamp_s)
    assert timeline.breaks == 3


def test_lost_pictures_take_their_time_where_nothing_has_a_stamp() -> None:
    timeline = Timeline(10.0)
    timeline.place(None)
    assert timeline.place(None, lost=4) == pytest.approx(0.5)


@pytest.mark.parametrize("fps", [None, 0.0, -1.0, 90_000.0, 1e-6, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_the_usual_one(fps: float | None) -> None:
    assert Timeline(fps).step_s == 1 / USUAL_FPS
