"""What every long-running process shares: an orderly end, and patience."""

import gc
import logging
import signal
import threading
from types import FrameType

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set; call from the main thread."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def log_to_stderr() -> None:
    """Let the process tell its warnings and milestones, one line each, on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def relax_collector() -> None:
    """Let the cycle collector look rarely: batches of events make many objects and no cycles.

    Halves the time to decode a batch (``bench/record.py``).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


class Backoff:
    """Waits that double while something is away, and start over when it is back."""

    def __init__(self, stop: threading.Event, longest_s: float = LONGEST_WAIT_S) -> None:
        """Wait at most ``longest_s`` at a time; ``stop`` cuts a wait short."""
        self._stop = stop
        self._longest_s = longest_s
        self._next_s = FIRST_WAIT_S

    def wait(self) -> bool:
        """Wait once; true when asked to stop meanwhile."""
        stopped = self._stop.wait(self._next_s)
        self._next_s = min(self._longest_s, self._next_s * 2)
        return stopped

    def reset(self) -> None:
        """Begin with a short wait again."""
        self._next_s = FIRST_WAIT_S


class Timer:
    """Something due every ``period_s``; times are seconds of a steady clock."""

    def __init__(self, period_s: float, first_s: float = 0.0) -> None:
        """Be due at once, or first at ``first_s``."""
        self.period_s = period_s
        self._due_s = first_s

    def due(self, now_s: float) -> bool:
        """Tell whether it is time, and if so begin the next period."""
        if now_s < self._due_s:
            return False
        self._due_s = now_s + self.period_s
        return True
