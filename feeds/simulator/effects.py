"""What a scenario does to the park: timed effects in one small vocabulary that every system understands."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from park.cameras.facts import CameraEventKind, CameraState

AtS = Annotated[float, Meta(ge=0)]
ForS = Annotated[float, Meta(gt=0)]


class EffectBase(Struct, frozen=True, tag_field="do", forbid_unknown_fields=True, kw_only=True):
    """From ``at_s`` after the start, for ``for_s`` seconds; ``on`` names assets by id without the park."""

    at_s: AtS
    for_s: ForS
    on: tuple[str, ...]

    def active(self, elapsed_s: float) -> bool:
        """Tell whether the effect acts this long after the start."""
        return self.at_s <= elapsed_s < self.at_s + self.for_s

    def strength(self, elapsed_s: float) -> float:
        """Return 0–1: a rise over the first tenth, a fall over the last fifth."""
        share = (elapsed_s - self.at_s) / self.for_s
        return max(0.0, min(1.0, share / 0.1, (1 - share) / 0.2))


class Leak(EffectBase, frozen=True, tag="leak"):
    """Gas at the sensor named first; sensors of the substance downwind get it later and thinner."""

    substance: str
    peak_ppm: Annotated[float, Meta(gt=0)]
    reach_m: Annotated[float, Meta(gt=0)] = 900.0


class Load(EffectBase, frozen=True, tag="load"):
    """Firms or meters, or all that a substation feeds, draw ``factor`` times their usual power."""

    factor: Annotated[float, Meta(ge=0)]


class Dust(EffectBase, frozen=True, tag="dust"):
    """Smoke: fine dust added at air stations, µg/m³ of PM2.5 (PM10 half as much again)."""

    add_ugm3: Annotated[float, Meta(gt=0)]


class Dark(EffectBase, frozen=True, tag="dark"):
    """Lights fail; a cabinet stands for all its lights."""

    state: Literal["failed", "unreachable"] = "failed"


class Silence(EffectBase, frozen=True, tag="silence"):
    """Assets say nothing at all."""


class Sight(EffectBase, frozen=True, tag="sight"):
    """A camera's rule fires once, at ``at_s``; marked as made by the simulator."""

    kind: CameraEventKind
    zone: str | None = None
    score: Annotated[float, Meta(ge=0, le=1)] = 0.9


class Blind(EffectBase, frozen=True, tag="blind"):
    """A camera's health is bad."""

    state: CameraState = "lost"


class Jam(EffectBase, frozen=True, tag="jam"):
    """Docks unload nothing; vehicles that hold them stay."""


class Crowd(EffectBase, frozen=True, tag="crowd"):
    """A gate takes ``slow`` times as long for a vehicle."""

    slow: Annotated[float, Meta(ge=1)] = 4.0


class Wind(EffectBase, frozen=True, tag="wind"):
    """The wind over the whole park blows like this; ``on`` stays empty."""

    speed_ms: Annotated[float, Meta(gt=0)]
    from_deg: Annotated[float, Meta(ge=0, lt=360)]


class Odour(EffectBase, frozen=True, tag="odour"):
    """Added at odour meters: dilution ratio and its two usual gases."""

    add_ratio: Annotated[float, Meta(ge=0)] = 0.0
    add_h2s_ppm: Annotated[float, Meta(ge=0)] = 0.0
    add_nh3_ppm: Annotated[float, Meta(ge=0)] = 0.0


class Flood(EffectBase, frozen=True, tag="flood"):
    """Water rises by this much at its gauges."""

    add_m: Annotated[float, Meta(gt=0)]


class Outage(EffectBase, frozen=True, tag="outage"):
    """Firms or meters have no supply; a substation stands for all its firms, and all that feeds in trips."""


class Charge(EffectBase, frozen=True, tag="charge"):
    """A battery tells this state of charge."""

    soc_pct: Annotated[float, Meta(ge=0, le=100)]


class Astray(EffectBase, frozen=True, tag="astray"):
    """Vehicles stop beside the asset ``beside`` with all they carry, off their route unless said so."""

    beside: str
    off_route: bool = True


class Mute(EffectBase, frozen=True, tag="mute"):
    """Feeds (``feed/simulator-environment`` …) say nothing, no heartbeat either."""


Effect = (
    Leak | Load | Dust | Dark | Silence | Sight | Blind | Jam | Crowd | Wind | Odour | Flood | Outage | Charge
    | Astray | Mute
)  # fmt: skip


class Incident(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What truly happens, for the truth file; members are assets of which a sensor tells within the run.

    The works at which a leak or a fire happens is a member too: its sensor, camera or meter names it.

    ``or_cause`` are assets that explain it as well as ``cause``: which of two jammed docks is found
    first is up to their slots.
    """

    kind: str
    cause: str
    members: tuple[str, ...]
    or_cause: tuple[str, ...] = ()
    at_s: AtS
    for_s: ForS


class Scenario(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A staged course of events."""

    name: dict[str, str]
    incidents: tuple[Incident, ...]
    effects: tuple[Effect, ...]


class Staged(Struct, frozen=True):
    """A scenario with the instant it started."""

    scenario: Scenario
    start: datetime

    @property
    def end(self) -> datetime:
        """When its last effect is over."""
        return self.start + timedelta(seconds=max(e.at_s + e.for_s for e in self.scenario.effects))
