"""The alarm of a worker that is not heard, found by the conditions of the watch."""

from park.engine.facts import FeedHeartbeat
from tests.park.alarms.test_engine import NOW, Bench
from tests.park.small_park import seconds

RECORDER = "changwon/feed/recorder"


def test_a_worker_that_never_came_up_is_an_alarm_until_it_has_beaten_for_a_minute() -> None:
    bench = Bench(workers=("recorder",))
    assert bench.tick(NOW) == []
    assert bench.tick(NOW + seconds(45)) == []
    assert bench.tick(NOW + seconds(46)) == [("raised", "worker_absent")]
    assert bench.told[0].subject == RECORDER
    for second in range(100, 161, 10):
        bench.say(FeedHeartbeat(10, second), RECORDER, NOW + seconds(second))
        assert bench.tick(NOW + seconds(second)) == ([] if second < 160 else [("cleared", "worker_absent")])


def test_a_worker_that_stops_beating_is_an_alarm_once_and_is_no_silent_feed() -> None:
    bench = Bench(workers=("recorder", "cameras"))
    for second in range(0, 100, 10):
        for worker in ("recorder", "cameras"):
            bench.say(FeedHeartbeat(10, second), f"changwon/feed/{worker}", NOW + seconds(second))
        assert bench.tick(NOW + seconds(second)) == []
    for second in range(100, 300, 10):
        bench.say(FeedHeartbeat(10, second), "changwon/feed/cameras", NOW + seconds(second))
        told = bench.tick(NOW + seconds(second))
        assert told == ([("raised", "worker_absent")] if second == 140 else [])
    assert bench.told[0].subject == RECORDER


def test_a_worker_that_keeps_ending_after_a_beat_stays_told() -> None:
    bench = Bench(workers=("cameras",))
    bench.tick(NOW)
    told = []
    for second in range(10, 1200, 5):
        if second % 75 == 10:  # up for a beat, then the longest pause
            bench.say(FeedHeartbeat(10, second), "changwon/feed/cameras", NOW + seconds(second))
        told += bench.tick(NOW + seconds(second))
    assert told == [("raised", "worker_absent")]


def test_an_absent_worker_is_not_forgiven_by_a_new_watch() -> None:
    bench = Bench(workers=("recorder",))
    bench.tick(NOW)
    bench.tick(NOW + seconds(50))
    after = Bench(bench.state, workers=("recorder",))
    assert [told for second in range(60, 300, 10) for told in after.tick(NOW + seconds(second))] == []
    assert bench.state.open_alarm(RECORDER, "worker_absent") is not None
