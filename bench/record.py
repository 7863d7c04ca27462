"""From the stream into the record: events a second, beside what Redis and the database do alone.

``python -m bench.record [events]``. The raw insert is the same rows by the same statement in the same
batches, with nothing else to do; the raw drain is XREADGROUP and XACK with nothing else to do.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
import sqlalchemy as sa

from bench.machine import describe
from data.record.accepted_events import Accepted, rows_of
from data.record.bulk_insert import insert_events
from data.record.store import Store, create_engine, migrate
from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Group, Stream, connect, stamp
from park.events.envelope import Event, decode
from park.logistics.facts import VehiclePosition
from tests.postgres import Cluster
from workers.process import relax_collector
from workers.recorder import BATCH, Recorder

EVENTS = 8_000
ROUNDS = (3, 15)
BUDGET_S = 10.0
PARK = "bench"
START = datetime(2026, 4, 16, 9, 0, tzinfo=UTC)


def make(count: int, source: str) -> list[bytes]:
    """Return positions of 62 vehicles as bytes, some 330 each."""
    events = (
        Event(
            f"{source}-{n}",
            f"bench/{source}",
            VehiclePosition.TYPE,
            f"bench/vehicle/V-{n % 62:03d}",
            START + timedelta(milliseconds=16 * n),
            PARK,
            VehiclePosition(35.2 + n % 100 / 1e4, 128.6, 31.5, 90.0, "moving", "general"),
        )
        for n in range(count)
    )
    return stamp(events, START)


def rate(count: int, act: Callable[[], None]) -> float:
    """Return how many a second ``act`` did of ``count``."""
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)


def drain(client: redis.Redis, raws: list[bytes]) -> float:
    """Return the rate of reading and acknowledging alone."""
    client.flushall()
    Stream(client, PARK).append_raw(raws)
    group = Group(client, PARK, "drain", "one")

    def act() -> None:
        while entries := group.read(BATCH, 0):
            group.ack([entry.id for entry in entries])

    return rate(len(raws), act)


def insert(engine: sa.Engine, raws: list[bytes]) -> float:
    """Return the rate of inserting finished rows alone."""
    rows = rows_of([Accepted(f"1-{n}", raw.decode(), decode(raw)) for n, raw in enumerate(raws)])

    def act() -> None:
        for start in range(0, len(rows), BATCH):
            with engine.begin() as connection:
                assert insert_events(connection, rows[start : start + BATCH]) == len(
                    rows[start : start + BATCH]
                )

    return rate(len(rows), act)


def record(client: redis.Redis, engine: sa.Engine, raws: list[bytes]) -> float:
    """Return the rate of the recorder itself on a backlog: read, decode, insert, commit, acknowledge."""
    client.flushall()
    Stream(client, PARK).append_raw(raws)
    recorder = Recorder(client, Store(engine), PARK, threading.Event())
    recorder.group.ensure()

    def act() -> None:
        while recorder.figures.recorded < len(raws):
            recorder.save(recorder.gather())

    found = rate(len(raws), act)
    assert (recorder.figures.duplicates, recorder.figures.dead) == (0, 0)
    assert recorder.group.lag()[:2] == (0, 0)
    return found


def measure(client: redis.Redis, engine: sa.Engine, count: int) -> str:
    """Return a line of the table: rounds in turn on the same growing table, medians of rates and ratios."""
    rounds: list[tuple[float, float, float]] = []
    until = time.monotonic() + BUDGET_S
    while len(rounds) < ROUNDS[0] or (len(rounds) < ROUNDS[1] and time.monotonic() < until):
        turn = len(rounds)
        drained = drain(client, make(count, f"d{turn}"))
        inserted = insert(engine, make(count, f"i{turn}"))
        rounds.append((record(client, engine, make(count, f"r{turn}")), inserted, drained))
    recorded, inserted, drained = (statistics.median(column) for column in zip(*rounds, strict=True))
    of_insert = statistics.median(record / insert for record, insert, _ in rounds)
    of_drain = statistics.median(record / drain for record, _, drain in rounds)
    return (
        f"{engine.dialect.name:<11} {recorded:>12,.0f} {inserted:>12,.0f} {drained:>12,.0f}"
        f" {of_insert:>10.2f} {of_drain:>10.2f}   {len(rounds)} rounds"
    )


def main() -> None:
    """Print the table."""
    relax_collector()  # as the recorder's own process does
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    size = len(make(1, "x")[0])
    print(describe())
    print(f"{count:,} events of {size} bytes, batches of {BATCH:,}; medians, events a second")
    heads = ("", "stream→store", "raw insert", "raw drain", "of insert", "of drain")
    print("{:<11} {:>12} {:>12} {:>12} {:>10} {:>10}".format(*heads))
    with tempfile.TemporaryDirectory(prefix="gwanje-") as folder:
        settings = Settings(var_dir=folder, park=PARK)
        running = broker.start(settings)
        client = connect(settings)
        cluster = Cluster(Path(tempfile.mkdtemp(prefix="gwanje-pg-")), durable=True)
        try:
            for url in (settings.database, cluster.database()):
                engine = create_engine(Settings(var_dir=folder, database_url=url))
                migrate(engine)
                print(measure(client, engine, count), flush=True)
                engine.dispose()
        finally:
            client.close()
            cluster.stop()
            cluster.remove()
            running.stop()


if __name__ == "__main__":
    main()
