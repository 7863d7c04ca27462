"""Events for the tests of the stream and the record."""

from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from data.stream.redis_stream import stream_key
from park.environment.facts import GasObservation
from park.events.envelope import Event

START = datetime(2026, 4, 16, 9, 0, tzinfo=UTC)


def gas(
    number: int, ppm: float = 1.0, subject: str = "changwon/gas/GAS-001", source: str = "test/gas"
) -> Event:
    """Return the event ``number`` of a source, one each second."""
    time = START + timedelta(seconds=number)
    fact = GasObservation("NH3", ppm)
    return Event(f"e-{number}", source, fact.TYPE, subject, time, "changwon", fact)


def entries(client: Redis) -> list[tuple[str, bytes]]:
    """Return the stream of changwon: id and bytes of every entry."""
    found: Any = client.xrange(stream_key("changwon"))
    return [(id_.decode(), fields.get(b"ce", b"")) for id_, fields in found]
