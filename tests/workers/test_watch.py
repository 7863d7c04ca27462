"""The watch on a real Redis and a real record: raises once, whatever is repeated or restarted."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from redis import Connection, Redis
from redis.client import Pipeline
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.exceptions import WatchError

from data.record.replay import fold_until
from data.record.store import Store
from data.settings import Settings
from data.stream.redis_stream import Group, Stream, arrived, connect, stream_key
from park.alarms.facts import AlarmAcknowledged
from park.alarms.lifecycle import event_id
from park.cameras.facts import CameraEvent, CameraHealth
from park.config.park import Park
from park.environment.facts import GasObservation
from park.events.envelope import Event, decode
from park.intake.entry import Door
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import event, park
from tests.sample_events import entries as entries_of
from workers.recorder import Recorder, sort
from workers.watch import BEAT_S, Watch, recall, take_over

GAS, CAM = "changwon/gas/GAS-1", "changwon/camera/CAM-1"
PARK: Park = park()


def now() -> datetime:
    return datetime.now(UTC)


def say(redis: Redis, *events: Event) -> None:
    Stream(redis, "changwon").append(events)


def fire(when: datetime, id_: str = "") -> Event:
    return event(CameraEvent("fire", "CAM-1", "m", "r", 0.9), CAM, when, id_)


def gas(ppm: float, when: datetime) -> Event:
    return event(GasObservation("H2S", ppm), GAS, when)


def stream(redis: Redis, kind: str = "park.alarm.") -> list[Event]:
    entries: Any = redis.xrange(stream_key("changwon"))
    events = (decode(fields[b"ce"]) for _, fields in entries if kind.encode() in fields.get(b"ce", b""))
    return [told for told in events if told.type.startswith(kind)]


def watch(redis: Redis, state: State | None = None) -> Watch:
    return Watch(redis, PARK, state or new_state(PARK.assets), take_over(redis, PARK.id))


def until_quiet(running: Watch) -> None:
    while running.once():
        pass


def record(redis: Redis, engine: sa.Engine) -> None:
    """Record all there is, as the recorder does."""
    recorder = Recorder(redis, Store(engine), "changwon", threading.Event())
    while entries := recorder.gather():
        recorder.save(entries)


def test_an_alarm_reaches_the_stream_and_only_then_the_entry_is_acknowledged(redis: Redis) -> None:
    say(redis, fire(now()), gas(12, now() - timedelta(seconds=6)))
    running = watch(redis)
    until_quiet(running)
    assert {(told.data.condition, told.subject) for told in stream(redis)} == {
        ("fire", CAM),
        ("gas_high", GAS),
    }
    assert running.group.lag().pending == 0
    assert {alarm.state for alarm in running.state.open_alarms()} == {"unack"}


def test_a_watch_that_dies_before_it_acknowledges_raises_nothing_twice(
    redis: Redis, engine: sa.Engine
) -> None:
    say(redis, fire(now()))
    dying = watch(redis)
    (entry,) = dying.group.read(10, 100)
    dying.stream.append(dying._take(entry))  # told, not acknowledged: killed here
    until_quiet(watch(redis))
    told = stream(redis)
    assert len({alarm.key for alarm in told}) == 1
    record(redis, engine)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM events WHERE type = 'park.alarm.raised'"
        assert connection.execute(sa.text(query)).scalar() == 1


def test_what_an_earlier_watch_sends_late_is_refused(redis: Redis) -> None:
    """Killed while its transaction is under way: Redis may get it after the next watch has begun."""
    say(redis, fire(now()))
    earlier = watch(redis)
    (entry,) = earlier.group.read(10, 100)
    told = earlier._take(entry)
    later = watch(redis)
    until_quiet(later)
    with pytest.raises(WatchError):
        earlier._settle(told, [entry.id])
    assert [one.type for one in stream(redis)] == ["park.alarm.raised"]


def test_an_answer_that_is_lost_sends_nothing_a_second_time(
    redis: Redis, settings: Settings, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis did it and the answer came too late: the client would repeat the transaction by itself."""
    say(redis, fire(now()))
    client = connect(settings)
    running = Watch(client, PARK, new_state(PARK.assets), take_over(client, PARK.id))
    execute = Pipeline._execute_transaction
    first = iter([True])

    def lose_the_answer(
        pipe: Pipeline, connection: Connection, commands: list[tuple[Any, Any]], raise_on_error: bool
    ) -> list[Any]:
        if not next(first, False):
            return execute(pipe, connection, commands, raise_on_error)
        whole = [("MULTI",), *(command for command, _ in commands), ("EXEC",)]
        raw = connection.pack_commands(whole)  # type: ignore[no-untyped-call]
        connection.send_packed_command(raw)  # type: ignore[no-untyped-call]
        for _ in whole:
            connection.read_response()
        raise RedisTimeoutError("Timeout reading from socket")

    monkeypatch.setattr(Pipeline, "_execute_transaction", lose_the_answer)
    with pytest.raises(WatchError):
        until_quiet(running)
    until_quiet(watch(redis, recall(engine, redis, settings, PARK)))
    assert [one.type for one in stream(redis)] == ["park.alarm.raised"]
    client.close()


def test_garbage_in_the_stream_disturbs_nothing(redis: Redis) -> None:
    redis.xadd(stream_key("changwon"), {"ce": b"\xff{nonsense"})
    redis.xadd(stream_key("changwon"), {"other": b"x"})
    say(redis, fire(now()))
    running = watch(redis)
    until_quiet(running)
    assert len(stream(redis)) == 1
    assert running.group.lag().pending == 0


def test_however_often_an_entry_is_delivered_it_is_judged(redis: Redis) -> None:
    """A stream that comes and goes may not cost an alarm."""
    say(redis, fire(now()))
    group = Group(redis, "changwon", "watch", "watch-1")
    assert len(group.read(1, 50)) == 1
    for _ in range(10):
        group.reclaim(0)
    running = watch(redis)
    until_quiet(running)
    assert [told.data.condition for told in stream(redis, "park.alarm.raised")] == ["fire"]
    assert running.group.lag().pending == 0


def test_it_beats(redis: Redis) -> None:
    running = watch(redis)
    running.once()
    (beat,) = stream(redis, "park.feed.heartbeat")
    assert (beat.subject, beat.data.period_s) == ("changwon/feed/watch", BEAT_S)


@pytest.mark.parametrize("recorded", [True, False])
def test_after_a_restart_alarms_stand_and_nothing_is_raised_twice(
    redis: Redis, engine: sa.Engine, settings: Settings, *, recorded: bool
) -> None:
    health = event(CameraHealth("lost", 0.0), CAM, now() - timedelta(seconds=20))
    say(redis, fire(now()), gas(16, now() - timedelta(seconds=10)), health)
    until_quiet(watch(redis))
    before = stream(redis)
    assert {told.data.condition for told in before} == {"fire", "gas_stel", "gas_high", "camera_lost"}
    if recorded:
        record(redis, engine)
    again = watch(redis, recall(engine, redis, settings, PARK))
    assert len(again.state.open_alarms()) == 3  # gas_stel suppresses gas_high
    assert [over.condition for over, _ in again.state.shelf()] == ["gas_high"]
    until_quiet(again)
    say(redis, gas(17, now()))
    until_quiet(again)
    time.sleep(1.1)
    until_quiet(again)
    assert stream(redis) == before


def test_what_came_and_went_while_the_watch_was_away_is_found(
    redis: Redis, engine: sa.Engine, settings: Settings
) -> None:
    until_quiet(watch(redis))
    start = now() - timedelta(seconds=100)
    say(redis, gas(12, start), gas(1, start + timedelta(seconds=30)), gas(1, start + timedelta(seconds=90)))
    record(redis, engine)  # the recorder was there
    until_quiet(watch(redis, recall(engine, redis, settings, PARK)))
    assert [told.type.rpartition(".")[2] for told in stream(redis)] == ["raised", "cleared"]


def test_an_acknowledgement_is_known_after_a_restart(
    redis: Redis, engine: sa.Engine, settings: Settings
) -> None:
    say(redis, gas(12, now() - timedelta(seconds=10)))
    running = watch(redis)
    until_quiet(running)
    (alarm,) = running.state.open_alarms()
    fact = AlarmAcknowledged(alarm.id, alarm.condition, "kim")
    say(redis, event(fact, GAS, now(), event_id(alarm.id, "ack", alarm.raised_ms)))
    until_quiet(running)
    record(redis, engine)
    (held,) = recall(engine, redis, settings, PARK).open_alarms()
    assert (held.state, held.user) == ("ack", "kim")


def test_without_the_record_the_alarms_come_from_the_stream(redis: Redis, settings: Settings) -> None:
    say(redis, fire(now()))
    until_quiet(watch(redis))
    nowhere = sa.create_engine("sqlite:////nowhere/at/all.db")
    assert len(recall(nowhere, redis, settings, PARK).open_alarms()) == 1


def test_sort_agrees_that_alarms_are_events(redis: Redis) -> None:
    say(redis, fire(now()))
    until_quiet(watch(redis))
    entries = Group(redis, "changwon", "other", "other-1").read(100, 100)
    accepted, refused = sort(entries)
    assert refused == []
    assert any(item.event.type == "park.alarm.raised" for item in accepted)


def launch(settings: Settings) -> subprocess.Popen[bytes]:
    environ = os.environ | {"REDIS_URL": settings.redis, "GWANJE_VAR": str(settings.var), "DATABASE_URL": ""}
    return subprocess.Popen([sys.executable, "-m", "workers.watch"], env=environ, stderr=subprocess.DEVNULL)


def wait(is_so: Callable[[], bool], within_s: float = 120.0) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.05)


def test_the_process_survives_a_kill_and_ends_when_asked(redis: Redis, settings: Settings) -> None:
    """On the whole park of Changwon, without a database: the alarms stand in the stream."""
    started = [launch(settings)]
    try:
        say(redis, event(CameraHealth("ok", 25.0), "changwon/camera/CAM-001", now()))
        seen = event(CameraEvent("fire", "CAM-001", "m", "r", 0.9), "changwon/camera/CAM-001", now())
        say(redis, seen)
        wait(lambda: len(stream(redis)) >= 1)
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
        say(redis, seen)  # told again by its sender
        started.append(launch(settings))
        wait(lambda: len(stream(redis, "park.feed.heartbeat")) >= 2)
        wait(lambda: Group(redis, "changwon", "watch", "watch-1").lag().lag == 0)
        started[1].send_signal(signal.SIGTERM)
        assert started[1].wait(60) == 0
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert [one.data.condition for one in stream(redis, "park.alarm.raised")].count("fire") == 1


def test_what_cannot_be_judged_ends_nothing_else(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    running = watch(redis)
    take = running.response.take

    def choke(told: Event) -> list[Event]:
        if told.id == "bad":
            raise OverflowError("absurd")
        return take(told)

    monkeypatch.setattr(running.response, "take", choke)
    monkeypatch.setattr(running.response, "tick", lambda _now: 1 // 0)
    say(redis, fire(now(), "bad"), fire(now(), "good"))
    until_quiet(running)
    assert [told.data.condition for told in stream(redis, "park.alarm.raised")] == ["fire"]
    assert running.group.lag().pending == 0


def test_a_device_that_counts_from_the_beginning_again_is_alarmed_and_told(
    redis: Redis, engine: sa.Engine
) -> None:
    say(redis, event(GasObservation("H2S", 2), GAS, now() - timedelta(seconds=20), "1"))
    say(redis, event(GasObservation("H2S", 62), GAS, now() - timedelta(seconds=6), "1"))
    record(redis, engine)
    until_quiet(watch(redis))
    raised = {(told.data.condition, told.subject) for told in stream(redis, "park.alarm.raised")}
    assert raised >= {("gas_stel", GAS), ("identity_reused", GAS)}


def test_a_dangerous_value_of_a_wrong_clock_is_judged_now_by_watch_screen_and_record(
    redis: Redis, engine: sa.Engine
) -> None:
    door, live = Door(PARK), new_state(PARK.assets)
    recorder = Recorder(redis, Store(engine), "changwon", threading.Event(), door=Door(PARK))
    say(redis, *(gas(1, now() - timedelta(seconds=50 - 10 * n)) for n in range(5)))
    say(redis, gas(80, now() - timedelta(hours=9)))
    arrived_at = now()
    while entries := recorder.gather():
        recorder.save(entries)
    running = watch(redis)
    until_quiet(running)
    running.response.tick(arrived_at + timedelta(seconds=10))
    for id_, raw in entries_of(redis):
        live.apply(door.enter(arrived(raw, id_)))
    past = fold_until(engine, PARK, now() + timedelta(minutes=1))
    for state in (running.state, live, past):
        held = state.latest[GAS][GasObservation.TYPE]
        assert held.data.ppm == 80
        assert held.stamped is not None
        assert abs(held.time - arrived_at) < timedelta(seconds=5)
    assert {alarm.condition for alarm in running.state.open_alarms()} >= {"gas_stel", "clock_wrong"}
