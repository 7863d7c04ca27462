"""Rates: how often something may be tried, counted in this process."""

from collections import OrderedDict, deque

from msgspec import Struct

_REMEMBERED = 10_000


class TooManyError(Exception):
    """Tried too often; ``wait_s`` until the next try is heard."""

    def __init__(self, wait_s: float) -> None:
        """Say how long to wait."""
        super().__init__(f"too many attempts, wait {wait_s:.0f} s")
        self.wait_s = wait_s


class Failures:
    """Failed tries per name within a window; beyond ``limit`` all are refused until it has passed."""

    def __init__(self, limit: int, window_s: float) -> None:
        """Allow ``limit`` failures in ``window_s`` seconds."""
        self.limit = limit
        self.window_s = window_s
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, name: str, now_s: float) -> None:
        """Raise TooManyError while ``name`` has failed too often; ``now_s`` from a steady clock."""
        failed = self._failed.get(name)
        while failed and now_s - failed[0] > self.window_s:
            failed.popleft()
        if failed and len(failed) >= self.limit:
            raise TooManyError(self.window_s - (now_s - failed[0]))

    def failed(self, name: str, now_s: float) -> None:
        """Count a failure of ``name``."""
        self._failed.setdefault(name, deque(maxlen=self.limit)).append(now_s)
        self._failed.move_to_end(name)
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def forgive(self, name: str) -> None:
        """Forget the failures of ``name`` after a success."""
        self._failed.pop(name, None)


class _Level(Struct):
    left: float
    at_s: float


class Bucket:
    """A token bucket per name: ``rate`` a second, ``burst`` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        """Fill every bucket to ``burst``."""
        self.rate = rate
        self.burst = burst
        self._levels: dict[str, _Level] = {}

    def take(self, name: str, count: int, now_s: float) -> None:
        """Take ``count`` tokens of ``name``, or raise TooManyError and take none.

        A single request larger than the burst is let through a full bucket, which it overdraws.
        """
        level = self._levels.setdefault(name, _Level(self.burst, now_s))
        level.left = min(self.burst, level.left + (now_s - level.at_s) * self.rate)
        level.at_s = now_s
        needed = min(float(count), self.burst)
        if level.left < needed:
            raise TooManyError((needed - level.left) / self.rate)
        level.left -= count
