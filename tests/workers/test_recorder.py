import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from redis import Redis

from data.audit.chain import SEEN, Head, ends_seen, verify
from data.record import history
from data.record.replay import fold_until
from data.record.store import Accepted, Store
from data.stream.lag import REUSED
from data.stream.redis_stream import Stream, arrived, stream_key
from data.tables import events
from park.environment.facts import GasObservation
from park.events.envelope import decode, encode
from park.intake.entry import Door
from park.operators.facts import OperatorAction
from park.systems import new_state
from tests.park.small_park import park
from tests.sample_events import START, entries, gas
from workers.recorder import METRICS_KEY, Recorder

KEY = stream_key("changwon")


REFUSING = {  # how a database is made to refuse one row
    "postgresql": ["ALTER TABLE events ADD CONSTRAINT no_poison CHECK (subject NOT LIKE '%POISON')"],
    "sqlite": [
        "CREATE TRIGGER no_poison BEFORE INSERT ON events WHEN NEW.subject LIKE '%POISON'"
        " BEGIN SELECT RAISE(ABORT, 'poison'); END"
    ],
}


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def recorder(redis: Redis, engine: sa.Engine, stop: threading.Event) -> Recorder:
    return Recorder(redis, Store(engine), "changwon", stop)


@pytest.fixture
def running(recorder: Recorder) -> Iterator[Recorder]:
    thread = threading.Thread(target=recorder.run)
    thread.start()
    yield recorder
    recorder.stop.set()
    thread.join(60)
    assert not thread.is_alive()


def until(
    done: Callable[[], bool], within_s: float = 120, found: Callable[[], object] = lambda: "not in time"
) -> None:
    """Wait until something is so; ``found`` tells what there is where it is not so in time."""
    end = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < end, found()
        time.sleep(0.02)


def kept(recorder: Recorder, source: str = "test/gas") -> list[str]:
    query = sa.select(events.c.ce_id).where(events.c.source == source).order_by(events.c.id)
    with recorder.store.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def test_records_in_order_and_acknowledges(running: Recorder, redis: Redis) -> None:
    ids = Stream(redis, "changwon").append(gas(n) for n in range(2500))
    until(lambda: running.figures.recorded >= 2500)
    assert kept(running) == [f"e-{n}" for n in range(2500)]
    until(lambda: running.group.lag()[:2] == (0, 0))
    with running.store.engine.connect() as connection:
        query = sa.select(events.c.stream_id).where(events.c.source == "test/gas").order_by(events.c.id)
        assert list(connection.execute(query).scalars()) == ids


def test_the_same_event_twice_is_recorded_once_and_counted(running: Recorder, redis: Redis) -> None:
    stream = Stream(redis, "changwon")
    stream.append([gas(1), gas(2), gas(1)])
    stream.append([gas(2)])
    until(lambda: running.figures.duplicates == 2)
    assert kept(running) == ["e-1", "e-2"]


GARBAGE = [
    (b"not json", "$", "malformed"),
    (b"\xff\xfe", "$", ""),
    (b"", "$", ""),
    (encode(gas(5)).replace(b'"ppm":1.0', b'"ppm":-1'), "$.data.ppm", ">= 0"),
    (encode(gas(6)).replace(b"park.gas.observation", b"park.gas.rumour"), "$.type", "unknown event type"),
    (encode(gas(7))[:-1] + b',"note":"\xff"}', "$", "UTF-8"),
    (encode(gas(8))[:-1] + b',"note":"a\\u0000b"}', "$.note", "control character U+0000"),
    (encode(gas(9)).replace(b'"NH3"', b'"NH\\u202e3"'), "$.data.substance", "control character U+202E"),
    (encode(gas(10))[:-1] + b',"note":"\\ud800"}', "$", ""),
]


@pytest.mark.parametrize(("raw", "path", "reason"), GARBAGE)
def test_garbage_goes_to_the_dead_letters_and_disturbs_nobody(
    running: Recorder, redis: Redis, raw: bytes, path: str, reason: str
) -> None:
    stream = Stream(redis, "changwon")
    stream.append([gas(1)])
    id_ = redis.xadd(KEY, {"ce": raw})
    stream.append([gas(2)])
    until(lambda: running.figures.dead == 1 and running.figures.recorded >= 2)
    (letter,) = running.store.dead_letters()
    assert letter.raw == raw
    assert letter.path == path
    assert reason in letter.reason
    assert (letter.stream, letter.stream_id.encode(), letter.deliveries) == (KEY, id_, 1)
    assert kept(running) == ["e-1", "e-2"]
    until(lambda: running.group.lag()[:2] == (0, 0))


def test_an_entry_without_the_field_is_a_dead_letter_with_all_it_had(running: Recorder, redis: Redis) -> None:
    redis.xadd(KEY, {"who": "me", "what": "noise"})
    until(lambda: running.figures.dead == 1)
    assert running.store.dead_letters()[0].raw == b"who=me what=noise"


def test_a_row_that_the_database_refuses_does_not_hold_up_the_batch(
    running: Recorder, redis: Redis, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        for statement in REFUSING[engine.dialect.name]:
            connection.execute(sa.text(statement))
    poison = replace(gas(50), subject="changwon/gas/POISON")
    Stream(redis, "changwon").append(
        [gas(n) for n in range(50)] + [poison] + [gas(n) for n in range(51, 100)]
    )
    good = {f"e-{n}" for n in range(100)} - {"e-50"}
    until(lambda: good <= set(kept(running)))
    until(lambda: running.figures.dead == 1)
    (letter,) = running.store.dead_letters()
    assert decode(letter.raw).subject == poison.subject
    assert "refused by the database" in letter.reason
    until(lambda: running.group.lag()[:2] == (0, 0))


def test_what_another_process_left_open_is_recorded_first(recorder: Recorder, redis: Redis) -> None:
    Stream(redis, "changwon").append(gas(n) for n in range(10))
    recorder.group.read(10, 10)
    recorder.save(recorder.group.reclaim(0))
    assert len(kept(recorder)) == 10
    assert recorder.group.lag()[:2] == (0, 0)


def test_after_five_deliveries_in_vain_it_is_a_dead_letter(recorder: Recorder, redis: Redis) -> None:
    Stream(redis, "changwon").append([gas(1)])
    recorder.group.read(10, 10)
    for _ in range(4):
        left = recorder.group.reclaim(0)
    assert left[0].deliveries == 5
    recorder.save(recorder.group.reclaim(0))
    assert kept(recorder) == []
    (letter,) = recorder.store.dead_letters()
    assert letter.deliveries == 6
    assert decode(letter.raw).id == "e-1"
    assert recorder.group.lag()[:2] == (0, 0)


def test_nothing_is_acknowledged_before_the_commit(recorder: Recorder, redis: Redis) -> None:
    def deliveries() -> int:
        return recorder.group.lag().pending

    Stream(redis, "changwon").append([gas(1), gas(2)])
    entries_ = recorder.gather()
    seen: list[int] = []
    sa.event.listen(recorder.store.engine, "commit", lambda _connection: seen.append(deliveries()))
    recorder.save(entries_)
    assert seen == [2]
    assert deliveries() == 0


@pytest.mark.usefixtures("running")
def test_tells_its_figures_and_that_it_lives(redis: Redis) -> None:
    redis.xadd(KEY, {"ce": b"noise"})
    Stream(redis, "changwon").append([gas(1), gas(1)])
    until(lambda: redis.hget(METRICS_KEY, "dead") == b"1")
    answer: Any = redis.hgetall(METRICS_KEY)
    told = {name.decode(): float(value) for name, value in answer.items()}
    assert told.keys() == {
        *("recorded", "duplicates", "dead", "batch_ms", "pending", "lag", "oldest_ms", "time_ms"),
    }
    assert told["duplicates"] == 1
    assert abs(told["time_ms"] / 1000 - datetime.now(UTC).timestamp()) < 5
    beats = [event for _, raw in entries(redis) if raw[:1] == b"{" and (event := decode(raw)).id[:2] != "e-"]
    assert beats[0].type == "park.feed.heartbeat"
    assert beats[0].subject == "changwon/feed/recorder"


def test_the_end_of_the_audit_trail_is_noted_and_never_taken_back(recorder: Recorder, redis: Redis) -> None:
    def act(number: int) -> Accepted:
        fact = OperatorAction("kim", "alarm.reset", object=str(number))
        event = replace(gas(number), type=fact.TYPE, data=fact)
        return Accepted(f"1-{number}", encode(event).decode(), event)

    recorder._tell()
    assert redis.hvals(SEEN) == []
    recorder.store.record([act(1), act(2)])
    recorder._witness()
    assert ends_seen(redis.hvals(SEEN)) == [recorder.store.head]
    recorder.store.head = Head(1, "f" * 64)
    recorder._witness()
    (end,) = ends_seen(redis.hvals(SEEN))
    assert end.rows == 2
    assert verify(recorder.store.engine, [end]).ok


def test_names_are_settled_in_the_record_and_what_was_written_is_kept(
    redis: Redis, engine: sa.Engine
) -> None:
    written = replace(gas(1), data=GasObservation("Ammonia", 80.0), subject="changwon/gas/gas-2")
    Stream(redis, "changwon").append([written])
    recorder = Recorder(redis, Store(engine), "changwon", threading.Event(), door=Door(park()))
    recorder.save(recorder.gather())
    (kept,) = history.events(engine, subject="changwon/gas/GAS-2").items
    told = decode(kept.ce.encode())
    assert told.data.substance == "NH3"
    assert "Ammonia" in (told.spelled or "")


def restarted(redis: Redis, engine: sa.Engine) -> Recorder:
    """A recorder that met a device whose counter began again, the first of its events once more as well."""
    first, other = gas(1, 2.0), replace(gas(2, 62.0), id="e-1")
    Stream(redis, "changwon").append([first, gas(3), other, first, other])
    recorder = Recorder(redis, Store(engine), "changwon", threading.Event())
    recorder.save(recorder.gather())
    return recorder


def test_an_identity_with_other_content_is_kept_and_told(redis: Redis, engine: sa.Engine) -> None:
    recorder = restarted(redis, engine)
    figures = recorder.figures
    assert (figures.recorded, figures.duplicates) == (3, 2)
    assert int(redis.get(REUSED) or 0) > 0
    found = [decode(item.ce.encode()) for item in history.events(engine, newest_first=False).items]
    assert [(told.sameid or told.id, told.data.ppm) for told in found] == [
        ("e-1", 2.0),
        ("e-1", 62.0),
        ("e-3", 1.0),
    ]
    assert [told.id for told in found] == kept_ids(engine)
    told = [decode(raw) for _, raw in entries(redis) if b"park.identity.reused" in raw]
    assert [(word.subject, word.data.event, word.data.kept_as) for word in told] == [
        ("changwon/gas/GAS-001", "e-1", found[1].id)
    ]


def test_it_is_told_again_when_it_comes_again_and_kept_once(redis: Redis, engine: sa.Engine) -> None:
    recorder = restarted(redis, engine)
    Stream(redis, "changwon").append([replace(gas(2, 62.0), id="e-1")])
    recorder.save(recorder.gather())
    assert len(history.events(engine, types=["park.gas.observation"]).items) == 3
    assert len({raw for _, raw in entries(redis) if b"park.identity.reused" in raw}) == 2
    recorder.save(recorder.gather())  # its own words, which are no device's that began again
    told = [decode(raw) for _, raw in entries(redis) if b"park.identity.reused" in raw]
    assert [word.data.feed for word in told] == ["test/gas"] * 2


def test_screen_and_record_agree_about_it(redis: Redis, engine: sa.Engine) -> None:
    restarted(redis, engine)
    live = new_state(park().assets)
    for id_, raw in entries(redis):
        live.apply(arrived(raw, id_))
    past = fold_until(engine, park(), START + timedelta(minutes=1))
    shown = [state.fact("changwon/gas/GAS-001", GasObservation) for state in (live, past)]
    assert shown == [GasObservation("NH3", 1.0)] * 2
    before = fold_until(engine, park(), START + timedelta(seconds=2))
    assert before.fact("changwon/gas/GAS-001", GasObservation) == GasObservation("NH3", 62.0)


def kept_ids(engine: sa.Engine) -> list[str]:
    query = sa.select(events.c.ce_id).where(events.c.source == "test/gas").order_by(events.c.time)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def standing(recorder: Recorder, redis: Redis) -> str:
    """Return what a recorder has done and what the stream and its group say."""
    groups: Any = redis.xinfo_groups(stream_key("changwon"))
    return f"{recorder.figures}, lag {recorder.group.lag()}, groups {groups}"


def test_a_wrong_clock_is_recorded_at_its_arrival_also_by_a_new_recorder(
    redis: Redis, engine: sa.Engine
) -> None:
    for hours, wanted in ((0, 3), (9, 6)):
        now = datetime.now(UTC)
        told = [replace(gas(n), id=f"{hours}-{n}", time=now - timedelta(hours=hours)) for n in range(3)]
        Stream(redis, "changwon").append(told)
        stop = threading.Event()
        recorder = Recorder(redis, Store(engine), "changwon", stop, door=Door(park()))
        thread = threading.Thread(target=recorder.run)
        thread.start()
        try:
            # Its own heartbeat is recorded, too: the count alone may never be seen to be three
            until(lambda: len(kept_ids(engine)) >= wanted, found=lambda: standing(recorder, redis))  # noqa: B023
        finally:
            stop.set()
            thread.join(60)
        assert not thread.is_alive()
    found = history.events(engine, subject="changwon/gas/GAS-001", since=now - timedelta(hours=1)).items
    told = [decode(item.ce.encode()) for item in found]
    assert len(told) == 6
    late = [event for event in told if event.id.startswith("9-")]
    assert [event.stamped is not None and event.time >= now for event in late] == [True] * 3
    assert all(event.stamped is None for event in told if event.id.startswith("0-"))
