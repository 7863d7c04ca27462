"""What every rule shares: a judge over what pictures showed, one after the other, that knows no clock."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from msgspec import Struct

from cctv.tracking.tracker import ANYTHING, Box, Named, Track, family
from cctv.vision.scene import Need, Scene
from park.cameras.facts import CameraEventKind

Point = tuple[float, float]


class Place(NamedTuple):
    """Where a rule holds: a named polygon, a named line, or the whole picture (no points)."""

    name: str | None = None
    points: tuple[Point, ...] = ()
    is_line: bool = False


class Finding(NamedTuple):
    """A rule fired: boxes in pixels of the frame, ``track`` where one thing did it, the way over a line."""

    kind: CameraEventKind
    place: Place
    boxes: tuple[Box, ...]
    score: float
    track: int | None = None
    direction: str | None = None

    @classmethod
    def of(cls, kind: CameraEventKind, track: Track, place: Place, direction: str | None = None) -> "Finding":
        """Return what one track did."""
        return cls(kind, place, (track.box,), track.score, track.number, direction)


class Rule(ABC):
    """Judges one camera in one place, picture by picture."""

    @abstractmethod
    def look(self, scene: Scene) -> list[Finding]:
        """Return what is found in the next picture; times never go back."""


class RuleConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Parameters of a rule as a camera's file gives them."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"motion"})

    def build(self, place: Place) -> Rule:
        """Return the rule for a place."""
        raise NotImplementedError


class TrackConfig(RuleConfig, frozen=True):
    """Parameters of a rule about those who come and go; ``classes`` empty means every class."""

    classes: tuple[Named, ...] = ()

    def wants(self, track: Track) -> bool:
        """Tell whether the rule is about this track; without a detector everything that moves is.

        Who rides a cycle is both. Bags are told from people and vehicles, and are nobody: only a rule that
        names them is about them.
        """
        if not self.classes:
            return family(track.label) != "bag"
        return track.label in self.classes or track.rides in self.classes or track.label == ANYTHING
