"""State of a park: the pure fold of its events."""

from msgspec import Struct


class Reading(Struct, frozen=True):
    """A shown value: ``value`` None is unknown; stale when ``now - time_ms > 2 x period_s``.

    A value made of several takes the time of the oldest of them, so it hatches when any is silent.
    """

    value: float | None
    unit: str
    time_ms: int | None
    period_s: float | None
