"""A process beside a test that prints what it measures, a line each time, for as long as the test goes on."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self


class PrintingProcess:
    """Begins at once; ends with the block that it is used in."""

    def __init__(self, argv: list[str], output: Path) -> None:
        output.parent.mkdir(parents=True, exist_ok=True)
        self._output = output
        with output.open("w") as file:
            self._process = subprocess.Popen(argv, stdout=file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def lines(self) -> list[str]:
        """Return what it has printed until now, whole lines only; fails where it has ended."""
        assert self._process.poll() is None
        return self._output.read_text().rpartition("\n")[0].splitlines()
