"""How long the machine itself stood still: a process that does nothing but sleep, on the machine's clock."""

import sys
import time
from pathlib import Path

from tests.faults.printing_process import PrintingProcess

STEP_S = 0.02
CODE = f"""
import time
longest_s, before_s = 0.0, time.monotonic()
while True:
    time.sleep({STEP_S})
    now_s = time.monotonic()
    if now_s - before_s - {STEP_S} > longest_s:
        longest_s = now_s - before_s - {STEP_S}
        print(longest_s, flush=True)
    before_s = now_s
"""


class Pauses(PrintingProcess):
    """Runs beside a test; a figure may be longer by the longest pause, and by no more."""

    def __init__(self, folder: Path) -> None:
        super().__init__([sys.executable, "-S", "-c", CODE], folder / "pauses")

    def longest_s(self) -> float:
        """Return the longest pause until now, what it was late by."""
        time.sleep(5 * STEP_S)  # it wakes from a pause as this process does
        lines = self.lines()
        return float(lines[-1]) if lines else 0.0
