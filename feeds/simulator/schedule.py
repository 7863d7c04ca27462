"""Whose turn it is: every asset speaks once in its period, at its own second, so that nothing bursts."""

import zlib
from collections.abc import Iterable
from datetime import datetime

from park.config.asset import Asset


class Schedule:
    """Assets by the second of their period at which they speak."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        """Spread the assets that have a period evenly over it, by the hash of their ids."""
        self._slots: dict[int, dict[int, list[Asset]]] = {}
        for asset in assets:
            if asset.period_s:
                period = max(1, round(asset.period_s))
                slots = self._slots.setdefault(period, {})
                slots.setdefault(zlib.crc32(asset.id.encode()) % period, []).append(asset)

    def due(self, now: datetime, step_s: int) -> list[Asset]:
        """Return the assets whose turn fell into the ``step_s`` seconds that end now."""
        end = int(now.timestamp())
        found: list[Asset] = []
        for period, slots in self._slots.items():
            if step_s >= period:
                for assets in slots.values():
                    found += assets
            else:
                for second in range(end - step_s + 1, end + 1):
                    found += slots.get(second % period, ())
        return found
