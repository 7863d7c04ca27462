"""A bounded memory of timed values, the same whatever the order in which they came."""

from collections.abc import Iterator
from math import fsum
from typing import Generic, NamedTuple, TypeVar

from park.events import Event
from park.fact_base import Priority

Value = TypeVar("Value")
Slot = tuple[int, str, str]
Row = tuple[float | None, ...]


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

    __slots__ = ("_keep", "_means", "_newest", "_span_ms", "buckets")

    def __init__(self, span_s: int, keep: int) -> None:
        """Make an empty ring."""
        self._span_ms = span_s * 1000
        self._keep = keep
        self._newest = -1
        self.buckets: dict[int, dict[Slot, Value]] = {}
        self._means: dict[int, tuple[int, Row]] = {}

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
                self._means.pop(old, None)
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


class MeanRing(Ring[Row]):
    """A ring of number tuples that knows the mean of a bucket, element by element; None is no value."""

    def mean(self, start_ms: int) -> Row | None:
        """Return the mean of the samples in the bucket that holds ``start_ms``, None if it has none."""
        number = start_ms // self._span_ms
        held = self.buckets.get(number)
        if not held:
            return None
        known = self._means.get(number)
        if known is None or known[0] != len(held):
            columns = ([x for x in column if x is not None] for column in zip(*held.values(), strict=True))
            means = tuple(fsum(column) / len(column) if column else None for column in columns)
            known = self._means[number] = len(held), means
        return known[1]
