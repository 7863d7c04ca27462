"""Identity from picture to picture, on boxes made by hand."""

import pytest

from cctv.tracking.tracker import ANYTHING, Box, Sighting, Track, Tracker


def moves(_: Box) -> float:
    return 1.0


def rests(_: Box) -> float:
    return 0.0


def stirs(_: Box) -> float:
    """Something moves in a third of the box: leaves, somebody who passes by."""
    return 0.33


def person(x: float, y: float = 100.0, score: float = 0.9) -> Sighting:
    return Sighting((x, y, 30.0, 80.0), "person", score)


def walk(tracker: Tracker, count: int, score: float = 0.9) -> list[Track]:
    tracks: list[Track] = []
    for n in range(count):
        tracks = tracker.update([person(100 + 8 * n, score=score)], n / 5, moves)
    return tracks


def stopped() -> Tracker:
    """Somebody walked for two seconds and stands at x 172 since; the next picture is at 4.0 s."""
    tracker = Tracker()
    walk(tracker, 10)
    for n in range(10):
        tracker.update([person(172)], 2.0 + n / 5, moves)
    return tracker


def test_one_walker_is_one_track() -> None:
    (track,) = walk(Tracker(), 20)
    assert track.number == 1
    assert track.foot == (100 + 8 * 19 + 15, 180)


def test_two_who_cross_keep_their_numbers() -> None:
    tracker = Tracker()
    for n in range(41):
        seen = [person(100 + 8 * n, 100), person(420 - 8 * n, 130)]
        tracks = tracker.update(seen, n / 5, moves)
    assert {(track.number, track.box[0]) for track in tracks} == {(1, 420.0), (2, 100.0)}


def test_what_moved_before_it_had_a_name_is_its_way() -> None:
    """A small cyclist: motion follows it all along, the detector finds it in one picture of four."""
    tracker, tracks = Tracker(), list[Track]()
    for n in range(21):
        there = Sighting((100.0 + 8 * n, 100.0, 30.0, 40.0), "bicycle", 0.5)
        seen = [there] if n in {12, 16, 20} else []
        tracks = tracker.update(seen, n / 5, moves, [(there.box[0] + 2, 102.0, 28.0, 38.0)])
        assert len(tracks) == (n >= 16)
    (track,) = tracks
    assert (track.label, track.number, track.came[0].t_s) == ("bicycle", 1, 0.0)


def test_one_look_alone_makes_nobody_of_what_moves() -> None:
    tracker = Tracker()
    for n in range(30):
        glare = (100.0 + 8 * n, 100.0, 30.0, 80.0)
        seen = [Sighting(glare, "person", 0.5)] if n == 12 else []
        assert not tracker.update(seen, n / 5, moves, [glare])


def test_where_all_the_picture_stirs_nothing_is_followed() -> None:
    tracker = Tracker()
    for n in range(20):
        rain = [(20.0 * drop + 8 * n, 100.0, 15.0, 40.0) for drop in range(13)]
        seen = [Sighting(rain[5], "person", 0.9)] if n >= 18 else []
        assert not tracker.update(seen, n / 5, moves, rain)


def test_a_post_with_something_that_stirs_before_it_never_counts() -> None:
    tracker = Tracker()
    for n in range(60):
        leaves = (105.0, 120.0, 20.0, 39.0)
        seen = [person(100)] if n > 20 else []
        assert not tracker.update(seen, n / 5, moves, [leaves])


def test_the_way_of_before_the_light_changed_is_nobodys() -> None:
    tracker, tracks = Tracker(), list[Track]()
    for n in range(10):
        tracker.update([], n / 5, moves, [(100.0 + 8 * n, 100.0, 30.0, 80.0)])
    tracker.wait(2.0)
    for n in range(11, 20):
        tracks = tracker.update([person(172)], n / 5, moves)
    assert not tracks


def test_who_has_gone_its_length_once_stays_when_it_comes_back() -> None:
    tracker = Tracker()
    for n in range(30):
        there = person(100 + 8 * (n if n < 15 else 30 - n))
        tracks = tracker.update([there] if n in {0, 8} else [], n / 5, moves, [there.box])
        assert len(tracks) == (n >= 8)


@pytest.mark.parametrize("after_s", [1.0, 3.0, 5.0])
def test_who_lies_is_found_however_late(after_s: float) -> None:
    tracker = stopped()
    for n in range(int(after_s * 5)):
        tracker.update([], 4.0 + n / 5, rests)
    lying = Sighting((147.0, 140.0, 80.0, 30.0), "person", 0.5, turned=True)
    (track,) = tracker.update([lying], 4.0 + after_s, moves)
    assert (track.number, track.box) == (1, lying.box)


def test_who_rides_is_known_by_how_often_the_cycle_is_seen() -> None:
    def ride(named: int, often: int) -> str | None:
        """Be found in one picture of ``named``, with the cycle in one of ``often`` of these."""
        tracker, tracks = Tracker(), list[Track]()
        for n in range(60):
            there = person(100 + 4 * n)._replace(rides="motorcycle" if n // named % often == 0 else None)
            tracks = tracker.update([] if n % named else [there], n / 10, moves, [there.box])
        return tracks[0].rides

    assert (ride(1, 1), ride(1, 3), ride(1, 10)) == ("motorcycle", "motorcycle", None)
    assert (ride(5, 1), ride(5, 12)) == ("motorcycle", None)


def test_a_sign_post_never_counts() -> None:
    tracker = Tracker()
    assert not any(tracker.update([person(100)], n / 5, moves) for n in range(50))


def test_a_sign_post_that_is_hidden_for_a_while_never_counts() -> None:
    tracker = Tracker()
    assert not any(tracker.update([person(100)], n / 5, moves if 20 <= n < 35 else rests) for n in range(60))


def test_who_comes_in_at_the_edge_of_the_picture_is_there_though_only_growing() -> None:
    """Head first from below, then standing close: an edge of the box stays, and it does not treble."""
    tracker, tracks = Tracker(), list[Track]()
    for n in range(40):
        height = min(170.0, 90.0 + 10 * n)
        body = Sighting((100.0, 288.0 - height, 90.0, height), "person", 0.9)
        tracks = tracker.update([body], n / 5, moves if n < 12 else rests)
        assert bool(tracks) == (n >= 6)
    (track,) = tracks
    assert track.number == 1


def test_a_box_found_larger_and_smaller_has_not_moved() -> None:
    tracker = Tracker()
    for n in range(50):
        post = Sighting((100.0, 100.0 + n % 3, 30.0, 60.0 + 50 * (n % 2)), "person", 0.9)
        assert not tracker.update([post], n / 5, stirs)
    (unmoved,) = tracker.others([])
    assert unmoved.label == "person"


def test_a_part_of_a_parked_car_is_the_same_car() -> None:
    """Found in a half of it first, then whole, and by night in the other half."""
    tracker = Tracker()
    for n in range(50):
        box = (730.0, 46.0, 34.0, 27.0) if n < 3 else (730.0, 47.0, 34.0, 44.0)
        seen = Sighting((730.0, 70.0, 34.0, 20.0) if n in {20, 21} else box, "car", 0.8)
        assert not tracker.update([seen], n / 5, stirs)


@pytest.mark.parametrize(("wide_px", "each_px"), [(200.0, 9.0), (200.0, 4.0), (60.0, 2.8)])
def test_a_vehicle_that_creeps_has_moved(wide_px: float, each_px: float) -> None:
    tracker, tracks = Tracker(), list[Track]()
    for n in range(20):
        seen = Sighting((100.0 + each_px * n, 100.0, wide_px, wide_px / 2), "truck", 0.9)
        tracks = tracker.update([seen], n / 5, moves)
    assert len(tracks) == 1


def test_who_comes_nearer_has_moved() -> None:
    tracker = Tracker()
    for n in range(12):
        tracks = tracker.update(
            [Sighting((100.0 - 3 * n, 100.0 - 9 * n, 30.0 + 6 * n, 80.0 + 18 * n), "person", 0.9)],
            n / 5,
            moves,
        )
    assert len(tracks) == 1


def test_who_lies_is_not_carried_on_and_is_known_by_how_large_they_stood() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    tracker.update([Sighting((186.0, 130.0, 12.0, 20.0), "person", 0.9)], 2.0, moves)
    lying = Sighting((165.0, 155.0, 90.0, 28.0), "person", 0.2, turned=True)
    (track,) = tracker.update([lying], 2.2, moves)
    assert (track.number, track.box) == (1, lying.box)
    assert track.expected(2.8) == lying.box


def test_who_was_just_lost_is_missing_for_a_while() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    blob = (172.0, 120.0, 30.0, 60.0)
    assert not tracker.missing(1.9)
    tracker.update([], 2.2, moves, [blob])
    assert tracker.missing(2.2)
    for n in range(40):
        tracker.update([], 2.4 + n / 5, moves, [blob])
    assert not tracker.missing(10.2)


def test_doubtful_boxes_keep_a_track_but_begin_none() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    (track,) = tracker.update([person(180, score=0.2)], 2.0, moves)
    assert track.number == 1
    assert not walk(Tracker(), 10, score=0.2)


def test_who_stands_still_is_still_there() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    for n in range(6):
        tracker.update([person(172)], 2.0 + n / 5, moves)
    for n in range(50):
        (track,) = tracker.update([], 3.2 + n / 5, rests)
    assert track.number == 1
    assert track.way_px(5.0) == 0


def test_who_walks_out_of_sight_is_not_held_there() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    assert [tracker.update([], 2.0 + n / 5, rests) for n in range(20)][-1] == []


def test_a_track_knows_where_it_was() -> None:
    (track,) = walk(Tracker(), 40)
    assert track.born_s == 0.0
    assert track.path[-1] == (39 / 5, track.box)
    assert track.was(5.0) == (100 + 8 * 25, 100.0, 30.0, 80.0)
    assert track.way_px(2.0) == pytest.approx(80)
    assert track.speed_px_s(2.0) == pytest.approx(40)


def test_half_a_body_is_nobody_else() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    half = Sighting((175.0, 100.0, 28.0, 38.0), "person", 0.8)
    bag = Sighting((176.0, 140.0, 20.0, 20.0), "backpack", 0.8)
    for n in range(10):
        tracks = tracker.update([half, bag], 2.0 + n / 5, moves)
    assert {track.number for track in tracks if track.label == "person"} == {1}


def test_a_lost_person_is_looked_for_but_not_at_the_edge() -> None:
    looked, frame = (0.0, 0.0, 640.0, 480.0), (640, 480)
    tracker = Tracker()
    walk(tracker, 10)
    blob = (160.0, 150.0, 80.0, 30.0)
    tracker.update([], 2.4, moves, [blob])
    assert [track.number for track in tracker.lost([], 2.4, looked, frame, [blob])] == [1]
    assert not tracker.lost([person(172)], 2.4, looked, frame, [blob])
    assert not tracker.lost([], 2.4, (300.0, 0.0, 340.0, 480.0), frame, [blob])
    leaving = Tracker()
    for n in range(10):
        leaving.update([person(537 + 8 * n)], n / 5, moves)
    leaving.update([], 2.4, moves)
    assert not leaving.lost([], 2.4, looked, frame, [(600.0, 100.0, 40.0, 80.0)])


def test_waiting_loses_nobody() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    for n in range(20):
        (track,) = tracker.wait(2.0 + n / 5)
    (track,) = tracker.update([person(180)], 6.0, moves)
    assert track.number == 1


def test_who_was_going_has_gone_on_while_all_waited() -> None:
    """A car drove out of the picture meanwhile; another is where it was."""
    tracker = Tracker()
    for n in range(10):
        tracker.update([Sighting((100 + 40.0 * n, 100, 60, 40), "car", 0.9)], n / 5, moves)
    for n in range(10, 16):
        tracker.wait(n / 5)
    for n in range(16, 30):
        tracks = tracker.update([Sighting((600.0 - 8 * n, 100, 60, 40), "car", 0.9)], n / 5, moves)
    assert [track.number for track in tracks] == [2]


def test_waiting_brings_nobody_back() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    for n in range(6):
        assert not tracker.update([], 2.0 + n / 5, moves)
    for n in range(20):
        assert not tracker.wait(3.2 + n / 5)
    tracker.update([], 7.6, moves)
    assert not tracker.boxes


@pytest.mark.parametrize("again", [True, False])
def test_who_stood_there_must_be_found_after_the_light_changed(again: bool) -> None:
    tracker = stopped()
    for n in range(6):
        tracker.wait(4.0 + n / 5)
    held = [tracker.update([person(172)] if again and n == 10 else [], 5.2 + n / 5, rests) for n in range(50)]
    assert held[20], "not yet looked for"
    assert bool(held[-1]) is again


def test_what_stands_is_held_by_motion_alone_after_the_light_changed() -> None:
    tracker = Tracker()
    for n in range(20):
        box = (100.0 + 8 * min(n, 10), 100.0, 30.0, 80.0)
        tracker.update([Sighting(box, ANYTHING, 0.5)], n / 5, moves)
    tracker.wait(4.0)
    assert [tracker.update([], 4.2 + n / 5, rests) for n in range(50)][-1]


def test_who_stops_where_another_is_only_remembered_keeps_the_number() -> None:
    tracker = Tracker()
    for n in range(10):
        tracker.update([person(300)], n / 5, moves)  # never stirred: a post, or who had just left there
    for n in range(41):
        tracks = tracker.update([person(100 + 5 * n)], 2.0 + n / 5, rests)
    assert len(tracks) == 1
    for n in range(10):
        assert tracker.update([person(301)], 10.2 + n / 5, rests) == tracks


def test_who_comes_by_is_not_taken_for_one_who_is_only_held() -> None:
    """Somebody stood, went unseen and is still held where they stood; another comes from the side."""
    tracker = stopped()
    for n in range(20):
        tracker.update([], 4.0 + n / 5, rests)
    for n in range(6):
        tracks = tracker.update([person(130 + 8 * n)], 8.0 + n / 5, moves)
    assert [track.number for track in tracks] == [2]
    found = stopped()
    for n in range(20):
        found.update([], 4.0 + n / 5, rests)
    (track,) = found.update([person(176)], 8.0, moves)
    assert track.number == 1


def test_a_lamp_that_flickers_holds_nobody_for_ever() -> None:
    tracker = stopped()
    times = [4.0 + n / 5 for n in range(500)]
    held = [
        tracker.wait(t_s) if n % 20 < 5 else tracker.update([], t_s, rests) for n, t_s in enumerate(times)
    ]
    assert held[100]
    assert not held[-1]


def test_who_stands_does_not_leap() -> None:
    tracker = stopped()
    tracks = tracker.update([person(225)], 4.0, moves)
    assert [(track.number, track.box[0]) for track in tracks if track.box[0] > 200] == []
    (still,) = tracker.update([person(190)], 4.2, moves)
    assert still.number == 1


@pytest.mark.parametrize(
    ("blob", "goes_on"), [((196.0, 110.0, 62.0, 70.0), 1), ((206.0, 100.0, 42.0, 110.0), 0)]
)
def test_a_lost_car_is_not_what_light_makes_of_the_road(blob: Box, goes_on: int) -> None:
    tracker = Tracker()
    for n in range(10):
        tracker.update([Sighting((100.0 + 10 * n, 110.0, 66.0, 66.0), "car", 0.9)], n / 5, moves)
    for n in range(10):
        tracks = tracker.update([], 2.0 + n / 5, moves, [blob])
    assert len(tracks) == goes_on


def test_who_left_is_forgotten() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    tracks = [tracker.update([], 2.0 + n / 5, moves) for n in range(20)]
    assert tracks[-1] == []
    assert not tracker.any
