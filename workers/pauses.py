"""How long to wait before what ended is started again."""

import random
from collections.abc import Callable

FIRST_S = 0.5
LONGEST_S = 60.0
MOST_DOUBLINGS = 16  # far beyond the longest pause; without a limit the number overflows
SPREAD = 0.2  # of a pause, to both sides: what ended together is not started together (assumed)
STEADY_S = 60.0  # up for so long, it counts as come back (assumed)
_chance = random.SystemRandom()


class Pauses:
    """Pauses that grow while something keeps ending, and are short again after it stayed up."""

    def __init__(self, chance: Callable[[], float] = _chance.random) -> None:
        """Begin with a short pause; ``chance`` returns 0 to 1."""
        self.ended = 0
        self._chance = chance
        self._began_s: float | None = None

    def began(self, now_s: float) -> None:
        """Note that it was started; ``now_s`` from a steady clock."""
        self._began_s = now_s

    def next_s(self, now_s: float) -> float:
        """Note that it has ended, or did not start, and return how long to wait."""
        if self._began_s is not None and now_s - self._began_s >= STEADY_S:
            self.ended = 0
        self._began_s = None
        self.ended += 1
        doubled = FIRST_S * 2.0 ** min(self.ended - 1, MOST_DOUBLINGS)
        return min(doubled, LONGEST_S) * (1 + SPREAD * (2 * self._chance() - 1))
