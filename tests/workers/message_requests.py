"""Asking for messages, and what everybody sees of how far they have come."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from redis import Redis

from data.park_files.park import read_contacts
from data.settings import Settings
from data.stream.redis_stream import Stream, stream_key
from park.events.envelope import decode
from park.messages.contacts import Contact, Contacts, Delivery
from park.messages.facts import Channel
from park.messages.message import Message
from park.operators.facts import ExerciseStatus
from tests.feeds.message_servers import request
from tests.park.small_park import event

REAL = read_contacts(Settings().park_dir / "contacts.toml")
GARBAGE = b'\xff{"type":"park.message.requested"'
QUICK = Delivery(
    attempts=4, first_wait_s=0.1, longest_wait_s=0.2, timeout_s=3.0, lease_s=4.0, stale_s=3600, source="test"
)


def now() -> datetime:
    return datetime.now(UTC)


def contacts(web: str = "", **delivery: float) -> Contacts:
    fire = Contact(REAL.contacts["fire_119"].name, {"email": "119@x.invalid", "webhook": web, "cap": web})
    quick = msgspec.structs.replace(QUICK, **delivery)
    told = REAL.contacts | {"fire_119": fire}
    return msgspec.structs.replace(REAL, contacts=told, delivery=quick)


def ask(
    redis: Redis,
    *messages: str,
    channel: Channel = "email",
    exercise: bool = False,
    source: str = "watch/changwon",
    at: datetime | None = None,
    **changed: str,
) -> None:
    """Ask for messages, as the watch does."""
    Stream(redis, "changwon").append(
        event(
            request(name, channel, exercise=exercise, **changed),
            f"changwon/message/{name}",
            at or now(),
            name,
            source,
        )
        for name in messages
    )


def drill(redis: Redis, *, active: bool) -> None:
    fact = ExerciseStatus(active=active, user="lee", reason="drill")
    Stream(redis, "changwon").append([event(fact, "changwon/room/exercise", now(), source="gwanje/room")])


def statuses(redis: Redis, message: str = "m-1") -> list[str]:
    """Return the states of a message as everybody folds them from the stream."""
    return [fact.state for _, _, fact in folded(redis)[message].statuses]


def folded(redis: Redis) -> dict[str, Message]:
    entries: Any = redis.xrange(stream_key("changwon"))
    found: dict[str, Message] = {}
    for told in (decode(fields[b"ce"]) for _, fields in entries if fields[b"ce"] != GARBAGE):
        if told.type.startswith("park.message."):
            found.setdefault(told.data.message, Message(told.data.message)).apply(told)
    return found


def detail(redis: Redis, message: str = "m-1") -> str:
    return folded(redis)[message].statuses[-1][2].detail
