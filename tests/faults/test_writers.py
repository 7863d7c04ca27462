"""A hundred writers say the same at the same moment: it is one alarm, in the watch, the record, the room."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from redis import Redis

from data.record.replay import fold_until
from data.record.store import Store
from data.stream.redis_stream import Stream
from park.alarms.facts import AlarmRaised
from park.cameras.facts import CameraEvent
from park.events.envelope import Event
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import event, park
from tests.sample_events import entries
from workers.recorder import Recorder
from workers.watch import Watch, take_over

WRITERS = 100
CAM = "changwon/camera/CAM-1"
PARK = park()


def together(url: str, events: list[Event]) -> None:
    """Let every event be written by a thread of its own, all let go at once."""
    gate = threading.Barrier(len(events))

    def write(told: Event) -> None:
        with Redis.from_url(url) as client:
            client.ping()
            gate.wait()
            Stream(client, "changwon").append([told])

    threads = [threading.Thread(target=write, args=(told,)) for told in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def recorded(redis: Redis, engine: sa.Engine) -> State:
    """Record all there is and fold the record."""
    recorder = Recorder(redis, Store(engine), "changwon", threading.Event())
    while entries_ := recorder.gather():
        recorder.save(entries_)
    return fold_until(engine, PARK, datetime.now(UTC) + timedelta(minutes=1))


@pytest.mark.parametrize("by", ["the watch", "the writers"])
def test_one_alarm(redis: Redis, redis_url: str, engine: sa.Engine, by: str) -> None:
    now = datetime.now(UTC)
    times = [now + timedelta(microseconds=50 * n) for n in range(WRITERS)]
    if by == "the watch":
        seen = [CameraEvent("fire", "CAM-1", "m", f"rule-{n}", 0.9) for n in range(WRITERS)]
        events = [event(fact, CAM, when) for fact, when in zip(seen, times, strict=True)]
    else:
        raised = [AlarmRaised(f"writer-{n}", "fire", "critical") for n in range(WRITERS)]
        events = [event(one, CAM, when) for one, when in zip(raised, times, strict=True)]
    together(redis_url, events)
    watch = Watch(redis, PARK, new_state(PARK.assets), take_over(redis, PARK.id))
    while watch.once():
        pass
    assert len(entries(redis)) >= WRITERS
    for state in (watch.state, recorded(redis, engine)):
        (alarm,) = state.open_alarms()
        assert (alarm.asset, alarm.condition, alarm.state, alarm.count) == (CAM, "fire", "unack", 1)
        assert len(state.alarms) == 1
