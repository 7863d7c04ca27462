"""Rules over tracks made by hand: no pixels, no clock."""

from collections import deque

import numpy as np
import pytest

from cctv.rules import Intrusion, LineCrossing, Loitering
from cctv.rules.base import Finding, Place, Rule
from cctv.tracking.tracker import ANYTHING, Past, Track
from cctv.vision.motion import Moved
from cctv.vision.scene import Scene

ZONE = Place("yard", ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0)))
LINE = Place("gate", ((0.0, 100.0), (200.0, 100.0)))


def at(x: float, y: float, t_s: float, number: int = 1, label: str = "person") -> Track:
    box = (x - 10, y - 50, 20.0, 50.0)
    return Track(number, label, 0.9, box, t_s, t_s, (x, y), hits=9, sure_s=t_s, named_s=t_s, moved=True)


def scene(tracks: list[Track], t_s: float) -> Scene:
    blank = np.zeros((64, 64, 3), np.uint8)
    return Scene(t_s, blank, Moved((), blank[..., 0], 1.0), tracks)


def told(rule: Rule, way: list[tuple[float, float, float]], label: str = "person") -> list[Finding]:
    return [f for x, y, t_s in way for f in rule.look(scene([at(x, y, t_s, label=label)], t_s))]


def stay(x: float, y: float, from_s: float, for_s: float) -> list[tuple[float, float, float]]:
    return [(x, y, from_s + n / 5) for n in range(int(for_s * 5) + 1)]


def test_intrusion_once_a_visit() -> None:
    way = stay(50, 150, 0, 1) + stay(150, 150, 1.2, 4) + stay(50, 150, 6, 4) + stay(150, 150, 11, 2)
    found = told(Intrusion().build(ZONE), way)
    assert [f.kind for f in found] == ["intrusion", "intrusion"]
    assert found[0].place.name == "yard"


def test_a_step_over_the_edge_is_no_intrusion_yet() -> None:
    assert not told(Intrusion(inertia_s=0.5).build(ZONE), stay(150, 150, 0, 0.2) + stay(50, 150, 0.6, 2))


def test_whom_motion_alone_carries_in_is_told_once_found_there() -> None:
    """A glare passes over somebody beside the zone, and their track goes with it."""
    rule, found = Intrusion(inertia_s=0.2).build(ZONE), list[Finding]()
    for n in range(20):
        track = at(150, 80 if n < 5 else 150, n / 5)
        track.named_s = n / 5 if n < 5 or n >= 15 else 0.6
        found += rule.look(scene([track], n / 5))
        assert bool(found) == (n >= 15)


def test_the_pause_keeps_quiet() -> None:
    way = stay(150, 150, 0, 2) + stay(50, 150, 3, 4) + stay(150, 150, 8, 2)
    assert len(told(Intrusion(pause_s=30).build(ZONE), way)) == 1
    longer = stay(150, 150, 0, 2) + stay(50, 150, 3, 4) + stay(150, 150, 8, 30)
    assert len(told(Intrusion(pause_s=30).build(ZONE), longer)) == 2, "who stays on is told after it"


@pytest.mark.parametrize(("stands_s", "times"), [(9.0, 0), (11.0, 1), (40.0, 1)])
def test_loitering_by_dwell(stands_s: float, times: int) -> None:
    assert len(told(Loitering(dwell_s=10).build(ZONE), stay(150, 150, 0, stands_s))) == times


def test_a_short_absence_does_not_end_the_dwell() -> None:
    way = stay(150, 150, 0, 6) + stay(90, 150, 6.2, 0.8) + stay(150, 150, 7.2, 4)
    assert len(told(Loitering(dwell_s=10).build(ZONE), way)) == 1


def lost_and_found(rule: Rule, step_px: float) -> list[Finding]:
    """What a rule says of one who is hidden for two seconds and found again under a new number."""
    found, path = list[Finding](), deque[Past]()
    for n in range(60):
        track = at(150 + step_px * min(0, n - 30), 150, n / 5, 1 if n < 30 else 2)
        path.append(Past(n / 5, track.box))
        track.path = deque(path)
        found += [] if 30 <= n < 40 else rule.look(scene([track], n / 5))
    return found


def test_a_new_number_for_who_stands_there_is_no_new_visit() -> None:
    assert len(lost_and_found(Intrusion().build(ZONE), 0)) == 1
    assert len(lost_and_found(Loitering(dwell_s=10).build(ZONE), 0)) == 1


def test_who_appears_where_somebody_walked_out_of_sight_is_a_new_visit() -> None:
    assert [f.track for f in lost_and_found(Intrusion().build(ZONE), 5)] == [1, 2]


def test_who_walks_in_where_somebody_was_lost_is_a_new_visit() -> None:
    rule, found = Intrusion().build(ZONE), []
    for n in range(30):
        track = at(150, 150, n / 5, 1 if n < 10 else 2)
        track.first = None if n < 10 else (20.0, 100.0, 20.0, 50.0)  # from beside the zone
        found += [] if 10 <= n < 14 else rule.look(scene([track], n / 5))
    assert [f.track for f in found] == [1, 2]


def test_who_comes_where_somebody_has_just_gone_is_a_new_visit() -> None:
    rule = Intrusion().build(ZONE)
    found = []
    for n in range(30):
        t_s = n / 5
        first = at(150, 150, t_s) if n < 10 else at(150, 80, t_s)  # steps out, and stays in sight
        second = [at(150, 150, t_s, 2)] if n >= 12 else []
        found += rule.look(scene([first, *second], t_s))
    assert [f.track for f in found] == [1, 2]


@pytest.mark.parametrize(
    ("direction", "down", "up"), [("both", 1, 1), ("down", 1, 0), ("up", 0, 1), ("left", 0, 0)]
)
def test_line_by_direction(direction: str, down: int, up: int) -> None:
    over = [(100.0, 50.0 + 20 * n, n / 5) for n in range(6)]
    config = LineCrossing(direction=direction)  # type: ignore[arg-type]
    assert len(told(config.build(LINE), over)) == down
    back = [(x, 200 - y, t_s) for x, y, t_s in over]
    assert len(told(config.build(LINE), back)) == up


def test_beside_the_line_is_not_over_it() -> None:
    assert not told(LineCrossing().build(LINE), [(300.0, 50.0 + 20 * n, n / 5) for n in range(6)])


def test_trembling_on_the_line_is_one_crossing_at_most() -> None:
    way = [(100.0, 100.0 + 1.5 * (-1) ** n, n / 5) for n in range(40)]
    assert not told(LineCrossing().build(LINE), way)


def test_classes_and_what_motion_alone_sees() -> None:
    config = Intrusion(classes=("person",))
    assert not told(config.build(ZONE), stay(150, 150, 0, 2), label="car")
    assert len(told(config.build(ZONE), stay(150, 150, 0, 2), label=ANYTHING)) == 1
