"""Which events are one: same identity, same content. One rule for live, alarms, record and replay.

A device that restarts its counter sends an identity again with other content: that is another event. It is
kept under an id of its own, which is made of its content, and the room is told.
"""

from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace

from park.events.envelope import Event, encode

_DIGITS = 16  # of the digest: two contents of one identity never meet by chance
_LONGEST = 180  # of the id before it, so that the whole is within the 200 of a name


def claimed(event: Event) -> datetime:
    """Return when its sender says that it happened, whatever the room makes of that clock."""
    return event.stamped or event.time


def same_content(one: Event, other: Event) -> bool:
    """Tell whether two events of one identity say the same: all but how and when they came in."""
    return (one.type, one.subject, one.park, claimed(one), one.data) == (
        other.type,
        other.subject,
        other.park,
        claimed(other),
        other.data,
    )


def renamed(event: Event) -> Event:
    """Return an event whose identity another has, under an id of its own; ``sameid`` is as it was sent."""
    if event.sameid is not None:
        return event
    content = replace(event, ingested=None, spelled=None, stamped=None, time=claimed(event))
    digest = sha256(encode(content)).hexdigest()[:_DIGITS]
    return replace(event, id=f"{event.id[:_LONGEST]}~{digest}", sameid=event.id)


def newer(event: Event, held: Event | None) -> bool:
    """Tell whether an event comes after another: by time, source and id, and last by what it says."""
    if held is None:
        return True
    order, before = (event.time, event.source, event.id), (held.time, held.source, held.id)
    return order > before or (order == before and event.data != held.data and encode(event) > encode(held))
