"""Crowd 군집: more people than a place should hold, for longer than a passing group."""

from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.tracker import Named
from cctv.vision.scene import Need, Scene

SETTLED = 0.7  # of the number: below it the crowd has gone
GAP_S = 2.0  # people hide one another


class Crowd(TrackConfig, frozen=True, tag="crowd"):
    """``people`` at once for ``for_s``; told again only after it had gone."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"people"})

    classes: tuple[Named, ...] = ("person",)
    people: Annotated[int, Meta(ge=2)] = 15
    for_s: Annotated[float, Meta(ge=0)] = 10.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return CrowdRule(self, place)


class CrowdRule(Rule):
    """Fires once a crowd."""

    def __init__(self, config: Crowd, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)
        self._since_s: float | None = None
        self._enough_s = float("-inf")
        self._told = False

    def look(self, scene: Scene) -> list[Finding]:
        """Find a crowd that has just stood for long enough."""
        here = [track for track in scene.tracks if self._config.wants(track) and self._zone.holds(track)]
        if len(here) >= self._config.people:
            self._enough_s = scene.t_s
            self._since_s = scene.t_s if self._since_s is None else self._since_s
        elif scene.t_s - self._enough_s > GAP_S:
            self._since_s = None
            self._told = self._told and len(here) >= SETTLED * self._config.people
        if self._told or self._since_s is None or scene.t_s - self._since_s < self._config.for_s or not here:
            return []
        self._told = True
        score = sum(track.score for track in here) / len(here)
        return [Finding("crowd", self._place, tuple(track.box for track in here), score)]
