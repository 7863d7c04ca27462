"""How long the machine itself stood still: a process that does nothing but sleep, on the machine's clock."""

import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

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


class Pauses:
    """Runs beside a test; a figure may be longer by the longest pause, and by no more."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._said = folder / "pauses"
        with self._said.open("w") as said:
            self._process = subprocess.Popen([sys.executable, "-S", "-c", CODE], stdout=said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def longest_s(self) -> float:
        """Return the longest pause until now, what it was late by."""
        time.sleep(5 * STEP_S)  # it wakes from a pause as this process does
        told = self._said.read_text().rpartition("\n")[0].split()
        return float(told[-1]) if told else 0.0
