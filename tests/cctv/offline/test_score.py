"""Figures of rules on events made by hand."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cctv.offline.score import Score, Truth, read_truth, said, score, tally, told
from park.cameras.facts import CameraEvent, CameraEventKind
from park.events.envelope import Event

START = datetime(1970, 1, 1, tzinfo=UTC)
DAY_S = 86400.0


def event(t_s: float, kind: CameraEventKind = "fall", **more: object) -> Event:
    fact = CameraEvent(kind, "CAM-1", "m", kind, 0.9, t_s=t_s, **more)  # type: ignore[arg-type]
    time = START + timedelta(seconds=t_s)
    return Event(f"{t_s}", "test", CameraEvent.TYPE, "p/camera/CAM-1", time, "changwon", fact)


def truth(*events: dict[str, object], lasts_s: float = 60.0, quiet: tuple[str, ...] = ()) -> Truth:
    labels = {"duration_s": lasts_s, "events": events, "must_not_fire": quiet}
    return read_truth(json.dumps(labels).encode())


FALL = {"type": "fall", "t_start": 20.0, "t_end": 40.0, "tol_s": 0.7}


def judged(labels: Truth, *events: Event) -> Score:
    return score(labels, events)


@pytest.mark.parametrize(("t_s", "hits"), [(17.9, 0), (18.0, 1), (20.0, 1), (30.0, 1), (30.1, 0)])
def test_the_window_is_two_seconds_before_to_ten_after(t_s: float, hits: int) -> None:
    (figures,) = judged(truth(FALL), event(t_s)).rules
    assert (figures.hits, figures.false_alarms) == (hits, 1 - hits)
    assert figures.f1 == float(hits)


@pytest.mark.parametrize(("again_s", "repeats"), [(25.0, 1), (39.0, 1), (40.7, 1), (41.0, 0), (5.0, 0)])
def test_telling_the_same_again_is_a_false_alarm_and_named_a_repeat(again_s: float, repeats: int) -> None:
    (figures,) = judged(truth(FALL), event(20.5), event(again_s)).rules
    assert (figures.hits, figures.false_alarms, figures.repeats) == (1, 1, repeats)
    assert (figures.precision, figures.recall) == (0.5, 1.0)
    assert figures.f1 == pytest.approx(2 / 3)


def test_one_event_stands_for_one_truth_and_as_many_as_can_are_matched() -> None:
    crossings = [{"type": "line_crossing", "line": "gate", "t": t} for t in (2.1, 4.0, 4.4)]
    fired = [event(t, "line_crossing", line="gate") for t in (3.9, 4.0, 12.5)]
    (figures,) = judged(truth(*crossings), *fired).rules
    assert (figures.truths, figures.hits, figures.false_alarms) == (3, 3, 0)
    (missing,) = judged(truth(*crossings), fired[0]).rules
    assert missing.recall == pytest.approx(1 / 3)


@pytest.mark.parametrize("wrong", [{"line": "door"}, {"line": "gate", "direction": "up"}, {}])
def test_another_place_or_way_is_no_hit(wrong: dict[str, object]) -> None:
    crossing = {"type": "line_crossing", "line": "gate", "direction": "down", "t": 2.0}
    (figures,) = judged(truth(crossing), event(2.0, "line_crossing", **wrong)).rules
    assert (figures.hits, figures.false_alarms, figures.repeats) == (0, 1, 0)


def test_what_must_not_fire_is_a_kind_or_a_family_of_objects() -> None:
    labels = truth(FALL, quiet=("fire", "person", "vehicle"))
    fired = [
        event(20.0),  # a fall is of a person, named or not
        event(3.0, "line_crossing", label="truck"),
        event(4.0, "line_crossing", label="object"),
        event(5.0, "stopped_vehicle"),
        event(6.0, "fire"),
    ]
    assert judged(labels, *fired).must_not_fire == {"fire": 1, "person": 1, "vehicle": 2}
    text = said(judged(labels, *fired))
    assert "must not fire: vehicle: 2 events" in text
    assert "must not fire: fire: ok" in said(judged(labels))


def test_labels_that_are_no_rule_are_left_alone() -> None:
    assert not judged(truth({"type": "person_visible", "t_start": 0.0})).rules


def test_figures_add_up_over_clips_and_a_day() -> None:
    one = tally("fall", truth(FALL), told([event(21.0), event(50.0)]))
    two = tally("fall", truth(lasts_s=DAY_S - 60), told([event(7.0)]))
    figures = (one + two).figures()
    assert (figures.truths, figures.events, figures.hits, figures.false_alarms) == (1, 3, 1, 2)
    assert figures.false_alarms_per_camera_day == pytest.approx(2.0)
    assert (one + two).false_s == (50.0, 7.0)
    assert (figures.delay_s, figures.delay_p95_s) == (1.0, 1.0)


def test_nothing_to_divide_is_none() -> None:
    figures = tally("fall", truth(), ()).figures()
    assert (figures.precision, figures.recall, figures.f1, figures.delay_s) == (None, None, None, None)
