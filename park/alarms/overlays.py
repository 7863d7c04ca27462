"""What lies over an alarm and hides it: shelved (G), suppressed by design (H), out of service (I).

An overlay belongs to the key ``(asset, condition)``, whether or not an alarm of it stands. Of each kind
the newest word holds, so the fold does not mind the order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

from park.alarms.facts import AlarmRemoved, AlarmShelved, AlarmSuppressed
from park.events.base import AwareTime
from park.events.envelope import Event
from park.events.rings import milliseconds

OverlayName = Literal["shelved", "suppressed", "out_of_service"]
Key = tuple[str, str]

LAYERS: dict[str, OverlayName] = {
    "park.alarm.shelved": "shelved",
    "park.alarm.unshelved": "shelved",
    "park.alarm.suppressed": "suppressed",
    "park.alarm.unsuppressed": "suppressed",
    "park.alarm.removed": "out_of_service",
    "park.alarm.restored": "out_of_service",
}
STRONGEST: tuple[OverlayName, ...] = ("out_of_service", "suppressed", "shelved")
_MOST = 20_000


class Overlay(Struct, frozen=True):
    """One overlay; ``by`` is the person, or the asset whose failure suppresses."""

    asset: str
    condition: str
    name: OverlayName
    since_ms: int
    reason: str
    by: str | None = None
    mode: Literal["timed", "one_shot"] | None = None
    until_ms: int | None = None


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """Maintenance (``maintenance.toml``): conditions of assets (patterns with ``*``) are suppressed.

    From ``start`` up to, not with, ``end``.
    """

    assets: tuple[str, ...]
    conditions: tuple[str, ...]
    start: AwareTime
    end: AwareTime
    reason: str

    def __post_init__(self) -> None:
        """Refuse a window that hides nothing, or that nobody could explain."""
        if self.end <= self.start:
            raise ValueError("`end` is not after `start`")
        for name in ("assets", "conditions", "reason"):
            if not getattr(self, name):
                raise ValueError(f"`{name}` says nothing")

    def names(self, asset: str) -> bool:
        """Tell whether an asset is meant."""
        return any(fnmatchcase(asset, pattern) for pattern in self.assets)


@dataclass
class Overlays:
    """The overlays of a park: the newest word of each kind about each key."""

    newest: dict[tuple[str, str, OverlayName], Event] = field(default_factory=dict)

    def apply(self, event: Event) -> bool:
        """Take in an event of :data:`LAYERS`; tell whether it was the newest word."""
        key = event.subject, event.data.condition, LAYERS[event.type]
        held = self.newest.get(key)
        if held is not None and (event.time, *event.key) <= (held.time, *held.key):
            return False
        self.newest[key] = event
        if len(self.newest) > _MOST:
            self._forget()
        return True

    def get(self, asset: str, condition: str, name: OverlayName) -> Overlay | None:
        """Return an overlay of a key, None where there is none of that kind now."""
        event = self.newest.get((asset, condition, name))
        return None if event is None else _overlay(event)

    def over(self, asset: str, condition: str) -> Overlay | None:
        """Return what hides a key: the strongest of its overlays."""
        found = (self.get(asset, condition, name) for name in STRONGEST)
        return next((overlay for overlay in found if overlay), None)

    def all(self) -> Iterator[Overlay]:
        """Walk over every overlay there is now; several may lie over one key."""
        return (overlay for event in list(self.newest.values()) if (overlay := _overlay(event)))

    def said_ms(self, asset: str, condition: str, name: OverlayName) -> int:
        """Return when the last word on an overlay was said, 0 when none ever was."""
        event = self.newest.get((asset, condition, name))
        return 0 if event is None else milliseconds(event)

    def _forget(self) -> None:
        """Forget the older half of what is over."""
        over = [key for key, event in self.newest.items() if _overlay(event) is None]
        over.sort(key=lambda key: (self.newest[key].time, key))
        for key in over[: len(over) // 2]:
            del self.newest[key]


def _overlay(event: Event) -> Overlay | None:
    fact = event.data
    about = event.subject, fact.condition, LAYERS[event.type], milliseconds(event)
    match fact:
        case AlarmShelved():
            until_ms = int(fact.until.timestamp() * 1000)
            return Overlay(*about, fact.reason, fact.user, fact.mode, until_ms)
        case AlarmSuppressed():
            return Overlay(*about, fact.reason, fact.by)
        case AlarmRemoved():
            return Overlay(*about, fact.reason, fact.user)
    return None
