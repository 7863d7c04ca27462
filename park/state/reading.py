"""A shown value and whether it is stale."""

from msgspec import Struct


class Reading(Struct, frozen=True):
    """A shown value: ``value`` None is unknown; stale when ``now - time_ms > 2 x period_s``.

    A value made of several takes the time of the oldest of them, so it hatches when any is silent;
    ``time_ms`` None with a value: some part of it never spoke.
    """

    value: float | None
    unit: str
    time_ms: int | None
    period_s: float | None


def is_stale(reading: Reading, now_ms: int) -> bool:
    """Tell whether a reading is unknown or older than two of its periods."""
    if reading.value is None or reading.time_ms is None:
        return True
    return reading.period_s is not None and now_ms - reading.time_ms > 2000 * reading.period_s
