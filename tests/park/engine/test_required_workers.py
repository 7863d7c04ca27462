"""Which workers of the room are not heard, as a screen must say when nobody else can."""

from msgspec import structs

from park.config.label import Label
from park.engine.facts import FeedHeartbeat
from park.engine.required_workers import WORKERS, Absent, absent
from tests.park.small_park import at, event, park, seconds, state_of

PARK = park()
FEEDS = {"watch": Label("경보 감시", "Alarm watch")}
NAMED = structs.replace(PARK, config=structs.replace(PARK.config, feeds=FEEDS))
NOW = at("2026-11-23 10:00")


def test_who_never_spoke_is_absent_once_listened_to_for_long_enough() -> None:
    assert absent(PARK, state_of(), NOW, NOW + seconds(45)) == ()
    assert [one.worker for one in absent(PARK, state_of(), NOW, NOW + seconds(46))] == list(WORKERS)


def test_the_watch_itself_is_missed_too_and_called_by_its_name() -> None:
    beats = [event(FeedHeartbeat(10, 1), f"changwon/feed/{name}", NOW + seconds(100)) for name in WORKERS[1:]]
    (found,) = absent(NAMED, state_of(*beats), NOW, NOW + seconds(110))
    assert found == Absent("watch", Label("경보 감시", "Alarm watch"))


def test_what_was_heard_before_listening_began_is_no_absence_yet() -> None:
    old = event(FeedHeartbeat(10, 1), "changwon/feed/watch", NOW - seconds(3600))
    assert absent(PARK, state_of(old), NOW, NOW + seconds(20)) == ()
