"""Where a vehicle is, from its last fixes: one that nobody could have driven to is not believed."""

from park.config.geometry import distance_m
from park.events.envelope import Event
from park.events.identity import newer

MOST_FIXES = 3
FASTEST_KMH = 200.0  # faster than any lorry: the rest is the receiver (assumed)
ERROR_M = 300.0  # of two fixes among tall works, and of clocks that differ by a second or two (assumed)


class Fixes:
    """The last fixes of every vehicle; what is believed does not depend on the order of arrival."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._held: dict[str, list[Event]] = {}

    def put(self, event: Event) -> list[Event]:
        """Keep a fix; return the last ones of its vehicle, oldest first."""
        held = self._held.setdefault(event.subject, [])
        if not any(fix.key == event.key and fix.data == event.data for fix in held):
            place = sum(newer(event, fix) for fix in held)
            held.insert(place, event)
            del held[:-MOST_FIXES]
        return held

    def forget(self, vehicle: str) -> None:
        """Forget a vehicle."""
        self._held.pop(vehicle, None)


def believed(fixes: list[Event]) -> Event:
    """Return the newest fix that one of the two before it bears out; of two that differ the older one.

    So an outlier is passed over, and a vehicle that was really carried elsewhere is found there by its
    second fix. Where it left or came anew, any place is right.
    """
    newest = fixes[-1]
    before = fixes[-3:-1]
    if not before or any(_reachable(fix, newest) for fix in before):
        return newest
    return before[-1] if len(before) == 1 or _reachable(*before) else before[0]


def _reachable(start: Event, end: Event) -> bool:
    a, b = start.data, end.data
    if "left" in (a.state, b.state):
        return True
    hours = abs((end.time - start.time).total_seconds()) / 3600
    return distance_m(a.lat, a.lon, b.lat, b.lon) <= ERROR_M + 1000 * FASTEST_KMH * hours
