"""What every rule shares: a pure judge over tracks that never looks at pixels or a clock."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from cctv.tracks import ANYTHING, Track
from park.facts import CameraEventKind

Point = tuple[float, float]


class Place(NamedTuple):
    """Where a rule holds: a named polygon, a named line, or the whole picture (no points)."""

    name: str | None = None
    points: tuple[Point, ...] = ()


class Finding(NamedTuple):
    """A rule fired; ``direction`` only for lines."""

    kind: CameraEventKind
    track: Track
    place: Place
    direction: str | None = None


class Rule(ABC):
    """Judges the tracks of one camera in one place, picture by picture."""

    @abstractmethod
    def look(self, tracks: Sequence[Track], t_s: float) -> list[Finding]:
        """Return what is found in the picture at ``t_s`` seconds; times never go back."""


class RuleConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Parameters of a rule as a camera's file gives them; ``classes`` empty means every class."""

    classes: tuple[str, ...] = ()

    def wants(self, track: Track) -> bool:
        """Tell whether the rule is about this track; without a detector everything that moves is."""
        return not self.classes or track.label in self.classes or track.label == ANYTHING

    def build(self, place: Place) -> Rule:
        """Return the rule for a place."""
        raise NotImplementedError
