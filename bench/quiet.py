"""The long quiet mix."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bench.kept import Clip

HOURS = 2.0


class Mix(Struct, frozen=True):
    """What the mix came to."""

    def missed(self) -> list[str]:
        """Return the bars missed."""
        return []


def measure(found: Sequence[Clip], model: Path | None, hours: float) -> Mix:
    """Run it."""
    raise NotImplementedError
