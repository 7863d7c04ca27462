"""A bounded memory of timed values, the same whatever the order in which they came."""

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from park.events.base import Priority
from park.events.envelope import Event

Value = TypeVar("Value")
Slot = tuple[int, str, str]


def milliseconds(event: Event) -> int:
    """Return when the event happened, in ms since 1970 UTC."""
    return int(event.time.timestamp() * 1000)


class Raising(NamedTuple):
    """An alarm was raised, ms since 1970 UTC."""

    at_ms: int
    asset: str
    condition: str
    priority: Priority


class Ring(Generic[Value]):
    """Values in buckets of ``span_s``; the newest ``keep`` buckets are kept.

    A slot is ``(time_ms, source, id)``: the same event twice fills one slot. What is kept depends
    on the newest time seen, not on the order of arrival.
    """

    __slots__ = ("_keep", "_newest", "_span_ms", "buckets")

    def __init__(self, span_s: int, keep: int) -> None:
        """Make an empty ring."""
        self._span_ms = span_s * 1000
        self._keep = keep
        self._newest = -1
        self.buckets: dict[int, dict[Slot, Value]] = {}

    def put(self, event: Event, value: Value) -> None:
        """Keep the value of an event, unless it is older than the ring reaches."""
        time_ms = milliseconds(event)
        bucket = time_ms // self._span_ms
        if bucket <= self._newest - self._keep:
            return
        if bucket > self._newest:
            self._newest = bucket
            for old in [kept for kept in self.buckets if kept <= bucket - self._keep]:
                del self.buckets[old]
        held, slot = self.buckets.setdefault(bucket, {}), (time_ms, event.source, event.id)
        if slot in held and held[slot] != value:  # one identity and moment, two contents
            value = max(held[slot], value, key=repr)
        held[slot] = value

    def bucket(self, start_ms: int) -> list[Value]:
        """Return the values of the bucket that holds ``start_ms``, in order of time."""
        held = self.buckets.get(start_ms // self._span_ms, {})
        return [held[slot] for slot in sorted(held)]

    def since(self, start_ms: int) -> Iterator[tuple[int, Value]]:
        """Walk over ``(time_ms, value)`` not older than ``start_ms``, in order of time."""
        for number in sorted(self.buckets):
            if (number + 1) * self._span_ms > start_ms:
                held = self.buckets[number]
                yield from ((slot[0], held[slot]) for slot in sorted(held) if slot[0] >= start_ms)
