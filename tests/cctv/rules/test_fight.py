"""Fight: two within reach, both tossed about, for long enough; not walkers side by side."""

import random

from cctv.rules import Fight
from cctv.rules.base import Place
from cctv.tracking.tracker import Box, Track
from tests.cctv.rules.walk import Life, told


def pair(
    toss: float, apart: float, for_s: float, other: float | None = None, wide: float = 60
) -> list[list[Track]]:
    """Two people ``apart`` pixels from one another, their boxes tossed by shares of their height (160)."""
    dice, a, b = random.Random(4), Life(1), Life(2)
    pictures = []
    for n in range(round(for_s * 5)):
        boxes: list[Box] = []
        for x, much in ((100, toss), (100 + apart, toss if other is None else other)):
            d = much * 160 * dice.choice((-1, 1))
            boxes.append((x - d / 2, 100 - d, wide + d, 160 + d))
        pictures.append([a.at(boxes[0], n / 5), b.at(boxes[1], n / 5)])
    return pictures


def times(pictures: list[list[Track]]) -> list[float]:
    return [t_s for t_s, _ in told(Fight().build(Place()), pictures)]


def test_two_who_fight_are_told_once() -> None:
    at = times(pair(0.2, 60, 20))
    assert len(at) == 1
    assert 3.0 <= at[0] <= 9.0


def test_walkers_one_alone_and_two_apart_do_not_fight() -> None:
    assert times(pair(0.03, 60, 30)) == []
    assert times(pair(0.2, 60, 30, other=0.02)) == []
    assert times(pair(0.2, 300, 30)) == []


def test_a_shove_is_no_fight() -> None:
    assert times(pair(0.2, 60, 2) + pair(0.02, 60, 20)) == []
