"""Identity from picture to picture, on boxes made by hand."""

from cctv.tracks import Box, Sighting, Track, Tracker


def moves(_: Box) -> float:
    return 1.0


def rests(_: Box) -> float:
    return 0.0


def person(x: float, y: float = 100.0, score: float = 0.9) -> Sighting:
    return Sighting((x, y, 30.0, 80.0), "person", score)


def walk(tracker: Tracker, count: int, score: float = 0.9) -> list[Track]:
    tracks: list[Track] = []
    for n in range(count):
        tracks = tracker.update([person(100 + 8 * n, score=score)], n / 5, moves)
    return tracks


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


def test_a_sign_post_never_counts() -> None:
    tracker = Tracker()
    assert not any(tracker.update([person(100)], n / 5, moves) for n in range(50))


def test_doubtful_boxes_keep_a_track_but_begin_none() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    (track,) = tracker.update([person(180, score=0.2)], 2.0, moves)
    assert track.number == 1
    assert not walk(Tracker(), 10, score=0.2)


def test_who_stands_still_is_still_there() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    for n in range(50):
        (track,) = tracker.update([], 2.0 + n / 5, rests)
    assert track.number == 1


def test_who_left_is_forgotten() -> None:
    tracker = Tracker()
    walk(tracker, 10)
    tracks = [tracker.update([], 2.0 + n / 5, moves) for n in range(20)]
    assert tracks[-1] == []
    assert not tracker.any
