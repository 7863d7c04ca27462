"""Means over time: a value stands until the next one, and a meter's own counter says what its power left out.

A mean of samples is wrong where a source tells changes only: ten minutes of one value are one sample. So each
value weighs as long as it stood. It stands for one span of the ring at most; what is silent for longer is
unknown and counts for nothing, unless the energy counter tells what went by.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from park.events.envelope import Event
from park.events.rings import Ring, milliseconds

Row = tuple[float | None, ...]
Told = tuple[int, Row]

_MS_PER_H = 3_600_000
_CONFIRMED = 0.05  # a counter this near to what the power says tells that the power stood
_PLAUSIBLE = 10.0  # a counter off by more than this factor counts something else, or began again


class Part(NamedTuple):
    """A stretch of time (ms) and the mean value over it."""

    span_ms: float
    value: float


class MeanRing(Ring[Row]):
    """A ring of number tuples that knows the mean of a bucket over time; None is no value."""

    __slots__ = ("_carry_ms", "_known", "_latest_ms")

    def __init__(self, span_s: int, keep: int, carry_s: float | None = None) -> None:
        """Make an empty ring; a value counts ``carry_s`` at most beyond its own bucket (None: a span)."""
        super().__init__(span_s, keep)
        self._carry_ms = self._span_ms if carry_s is None else int(1000 * carry_s)
        self._latest_ms = -1
        self._known: dict[int, Row] = {}

    def put(self, event: Event, value: Row) -> None:
        """Keep the value of an event, unless it is older than the ring reaches."""
        newest, time_ms = self._newest, milliseconds(event)
        super().put(event, value)
        if self._newest != newest or time_ms <= self._latest_ms:  # what is over may have another mean now
            self._known.clear()
        self._latest_ms = max(self._latest_ms, time_ms)

    def mean(self, start_ms: int, now_ms: int | None = None) -> Row | None:
        """Return the mean over the bucket that holds ``start_ms``, element by element; None if it is empty.

        A bucket that is not over counts until ``now_ms``, else until its newest word.
        """
        number = start_ms // self._span_ms
        if number not in self.buckets:
            return None
        begin_ms = number * self._span_ms
        end_ms = begin_ms + self._span_ms
        until_ms = min(end_ms, self._latest_ms if now_ms is None else now_ms)
        if number == self._newest or until_ms < end_ms:
            return self._mean(self._around(number), begin_ms, until_ms)
        if number not in self._known:
            self._known[number] = self._mean(self._around(number), begin_ms, until_ms)
        return self._known[number]

    def _mean(self, told: Sequence[Told], begin_ms: int, until_ms: int) -> Row:
        columns = range(len(told[0][1]))
        return tuple(self._column(told, column, begin_ms, until_ms) for column in columns)

    def _column(self, told: Sequence[Told], column: int, begin_ms: int, until_ms: int) -> float | None:
        """Return the mean of one element; where no time has gone by yet, its newest value."""
        ends = [ms for ms, _ in told[1:]] + [until_ms]
        parts = []
        for (ms, row), next_ms in zip(told, ends, strict=True):
            value = row[column]
            stands_ms = self._span_ms if ms >= begin_ms else self._carry_ms
            from_ms, to_ms = max(ms, begin_ms), min(next_ms, ms + stands_ms, until_ms)
            if value is not None and to_ms > from_ms:
                parts.append(Part(to_ms - from_ms, value))
        if parts:
            return _mean_of(parts)
        return _newest([(ms, row[column]) for ms, row in told], until_ms)

    def _around(self, number: int) -> list[Told]:
        """Return what was told in a bucket, the last word before it and the first after it, in order."""
        before = [kept for kept in self.buckets if kept < number]
        after = [kept for kept in self.buckets if kept > number]
        found: list[Told] = []
        if before:
            held = self.buckets[max(before)]
            last = max(held)
            found.append((last[0], held[last]))
        held = self.buckets.get(number, {})
        found += [(slot[0], held[slot]) for slot in sorted(held)]
        if after:
            held = self.buckets[min(after)]
            first = min(held)
            found.append((first[0], held[first]))
        return found


class PowerRing(MeanRing):
    """A ring of ``(power_kw, counted_kwh, counted_back_kwh)``; the counters are None where not told."""

    def mean(self, start_ms: int, now_ms: int | None = None) -> Row | None:
        """Return the mean power (kW) of a bucket; of one without a word, what its counter tells."""
        number = start_ms // self._span_ms
        if number in self.buckets:
            return super().mean(start_ms, now_ms)
        told = self._around(number)
        if len(told) == 2 and _stood(told[0], told[1]):
            return (told[0][1][0],)
        return None

    def _mean(self, told: Sequence[Told], begin_ms: int, until_ms: int) -> Row:
        return (self._power(told, begin_ms, until_ms),)

    def _power(self, told: Sequence[Told], begin_ms: int, until_ms: int) -> float | None:
        parts: list[Part] = []
        inside: list[tuple[Told, Told]] = []
        for one, other in pairwise(told):
            if begin_ms <= one[0] and other[0] <= until_ms:
                inside.append((one, other))
            elif _stood(one, other):
                parts.append(Part(min(other[0], until_ms) - max(one[0], begin_ms), one[1][0] or 0.0))
            else:
                parts += self._held(one, other[0], begin_ms, until_ms)
        parts += self._counted(inside)
        if told[-1][0] < until_ms:
            parts += self._held(told[-1], until_ms, begin_ms, until_ms)
        parts = [part for part in parts if part.span_ms > 0]
        if parts:
            return _mean_of(parts)
        return _newest([(ms, row[0]) for ms, row in told], until_ms)

    def _held(self, one: Told, next_ms: int, begin_ms: int, until_ms: int) -> list[Part]:
        """Return how long a value stood within the bucket by itself: until the next, one span at most."""
        from_ms, to_ms = max(one[0], begin_ms), min(next_ms, one[0] + self._span_ms, until_ms)
        return [Part(to_ms - from_ms, one[1][0] or 0.0)] if to_ms > from_ms else []

    def _counted(self, inside: Sequence[tuple[Told, Told]]) -> list[Part]:
        """Return what went by between words: by the counter where it tells more than the power, else held.

        The counter is taken over runs without a reset; a step of it alone says nothing, it may be coarse.
        """
        parts: list[Part] = []
        run: list[tuple[Told, Told]] = []
        for pair in [*inside, None]:
            if pair is not None and _counted_kwh(*pair) is not None:
                run.append(pair)
                continue
            parts += self._run(run)
            run = []
            if pair is not None:
                parts += self._held(pair[0], pair[1][0], pair[0][0], pair[1][0])
        return parts

    def _run(self, run: Sequence[tuple[Told, Told]]) -> list[Part]:
        held = [part for one, other in run for part in self._held(one, other[0], one[0], other[0])]
        if not run:
            return held
        span_ms = run[-1][1][0] - run[0][0][0]
        steps = [kwh for one, other in run if (kwh := _counted_kwh(one, other))]
        counted_kwh = fsum(steps)
        by_power_kwh = fsum(part.value * part.span_ms for part in held) / _MS_PER_H
        step_kwh = min((abs(kwh) for kwh in steps), default=0.0)
        near = abs(counted_kwh - by_power_kwh) <= max(step_kwh, _CONFIRMED * abs(by_power_kwh))
        told_all_ms = fsum(part.span_ms for part in held) >= span_ms
        if (near and told_all_ms) or not _plausible(counted_kwh, by_power_kwh):
            return held
        return [Part(span_ms, counted_kwh * _MS_PER_H / span_ms)] if span_ms > 0 else held


def _newest(told: Sequence[tuple[int, float | None]], until_ms: int) -> float | None:
    """Return the last value until a moment, else the first after it."""
    known = [(ms, value) for ms, value in told if value is not None]
    before = [value for ms, value in known if ms <= until_ms]
    return before[-1] if before else next((value for _, value in known), None)


def _mean_of(parts: Sequence[Part]) -> float:
    return fsum(part.value * part.span_ms for part in parts) / fsum(part.span_ms for part in parts)


def _counted_kwh(one: Told, other: Told) -> float | None:
    """Return the energy that a counter told between two words; None without one, or where it began again.

    A meter that counts one way only says nothing while its power flows back.
    """
    (power, up, back), (next_power, next_up, next_back) = one[1], other[1]
    if up is None or next_up is None or next_up < up:
        return None
    if back is None or next_back is None:
        return None if (power or 0.0) < 0 or (next_power or 0.0) < 0 else next_up - up
    return None if next_back < back else (next_up - up) - (next_back - back)


def _stood(one: Told, other: Told) -> bool:
    """Tell whether the counter says that a power stood until the next word, however long that is."""
    counted_kwh, power_kw = _counted_kwh(one, other), one[1][0]
    if counted_kwh is None or power_kw is None or other[0] <= one[0]:
        return False
    by_power_kwh = power_kw * (other[0] - one[0]) / _MS_PER_H
    return by_power_kwh != 0 and abs(counted_kwh - by_power_kwh) <= _CONFIRMED * abs(by_power_kwh)


def _plausible(counted_kwh: float, by_power_kwh: float) -> bool:
    """Tell whether a counter can be of this meter: kWh, and alive."""
    if counted_kwh == 0 or by_power_kwh == 0 or (counted_kwh < 0) != (by_power_kwh < 0):
        return False
    return 1 / _PLAUSIBLE <= counted_kwh / by_power_kwh <= _PLAUSIBLE
