"""Assets that say nothing any more: beside a fire or a leak that says something."""

from collections.abc import Iterator

from park.correlation.relations import Happening, Map, system_of
from park.events.rings import milliseconds
from park.state.state import State

LEAST_MS = 180_000
PERIODS = 3
MOST = 20  # more at once are a matter of their feed, not of a place
_UNHEARD = frozenset({"light", "vehicle"})  # told every five minutes at most, or only while inside


def silent(state: State, where: Map, now_ms: int) -> list[Happening]:
    """Return the assets that missed three of their periods and at least three minutes; none if too many."""
    found = list(_silent(state, where, now_ms))
    return found if len(found) <= MOST else []


def _silent(state: State, where: Map, now_ms: int) -> Iterator[Happening]:
    for kind, assets in state.by_kind.items():
        for asset in () if kind in _UNHEARD else assets:
            told = state.latest.get(asset.id)
            if not told or not asset.period_s:
                continue
            last_ms = max(map(milliseconds, told.values()))
            period_ms = int(asset.period_s * 1000)
            if now_ms - last_ms > max(PERIODS * period_ms, LEAST_MS):
                due_ms = last_ms + period_ms
                known_ms = last_ms + max(PERIODS * period_ms, LEAST_MS)
                yield Happening(
                    f"silence {asset.id} {last_ms}",
                    asset.id,
                    "silent",
                    due_ms,
                    known_ms,
                    system_of(asset.id),
                    where.place(asset.id),
                )
