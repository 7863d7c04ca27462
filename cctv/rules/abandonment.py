"""Abandonment 유기: someone puts a thing down and goes away."""

from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Place, Rule, RuleConfig
from cctv.rules.lying import MOST_DWELL_S, LyingRule
from cctv.vision.left_objects import Thing
from cctv.vision.scene import Need


class Abandonment(RuleConfig, frozen=True, tag="abandonment"):
    """``dwell_s``: alone for so long it counts (KISA: 10 s after its owner left)."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"things", "people"})

    dwell_s: Annotated[float, Meta(ge=0, le=MOST_DWELL_S)] = 10.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return LyingRule("abandonment", place, self._counts)

    def _counts(self, thing: Thing, t_s: float) -> bool:
        alone = thing.alone_s is not None and t_s - thing.alone_s >= self.dwell_s
        return thing.left and thing.owner == "person" and alone
