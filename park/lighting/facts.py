"""What street lights report: one frozen struct per event type."""

from typing import Literal

from park.events.base import (
    FactBase,
    MeasuredPercent,
    MeasuredPositive,
)


class LightStatus(FactBase, frozen=True):
    """State of one street light."""

    TYPE = "park.light.status"
    SHOWN = True
    state: Literal["normal", "failed", "unreachable"]
    dim_pct: MeasuredPercent
    power_w: MeasuredPositive

    def gravity(self) -> int:
        """Return 1 (low) for a light that failed or cannot be reached."""
        return int(self.state != "normal")
