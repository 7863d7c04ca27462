"""Removal 반출: something that belongs to the scene is gone after someone was there."""

from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Place, Rule, RuleConfig
from cctv.rules.lying import MOST_DWELL_S, LyingRule
from cctv.vision.left_objects import Thing
from cctv.vision.scene import Need


class Removal(RuleConfig, frozen=True, tag="removal"):
    """``dwell_s``: its place empty for so long it counts."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"things", "people"})

    dwell_s: Annotated[float, Meta(ge=0, le=MOST_DWELL_S)] = 5.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return LyingRule("removal", place, self._counts)

    def _counts(self, thing: Thing, t_s: float) -> bool:
        empty_s = t_s - thing.since_s
        return not thing.left and thing.owner == "person" and empty_s >= self.dwell_s
