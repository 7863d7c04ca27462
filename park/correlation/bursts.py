"""Storms: many alarms of one condition within a moment are one thing, wherever they are."""

from collections import deque

from park.correlation.relations import Happening
from park.correlation.rules import Storm


class Storms:
    """Counts what was raised lately, by condition."""

    def __init__(self, rules: Storm) -> None:
        """Count nothing yet."""
        self._rules = rules
        self._lately: dict[str, deque[Happening]] = {}

    def feel(self, new: Happening) -> tuple[str, ...]:
        """Return the keys of all that a storm of its condition consists of, nothing while there is none."""
        lately = self._lately.setdefault(new.what, deque(maxlen=2 * self._rules.count))
        lately.append(new)
        oldest = new.told_ms - int(self._rules.window_s * 1000)
        felt = [held for held in lately if held.told_ms >= oldest]
        if len({held.asset for held in felt}) < self._rules.count:
            return ()
        return tuple(held.key for held in felt)
