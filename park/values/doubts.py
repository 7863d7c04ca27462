"""What of the newest words of assets is not believed, and why."""

from msgspec import Struct

from park.events.envelope import Event
from park.events.identity import newer
from park.values.plausibility import Bad, Marks

# What may be missing without anybody's missing it: a receiver that stands still has no heading.
_SPARE = frozenset({"heading_deg", "speed_kmh", "reactive_kvar", "clock_off_s"})


class Doubt(Struct, frozen=True):
    """The marks of an asset's newest word of a type, and the event that said it."""

    event: Event
    marks: Marks


class Doubts:
    """Marks by asset and type; the same whatever the order in which the events came."""

    def __init__(self) -> None:
        """Doubt nothing yet."""
        self._held: dict[str, dict[str, Doubt]] = {}

    def __contains__(self, asset: str) -> bool:
        """Tell whether anything of the newest words of an asset is not believed."""
        return asset in self._held

    def note(self, event: Event, marks: Marks, latest: Event | None) -> bool:
        """Take an event's marks, or take back what it ends; tell whether anything changed.

        Args:
            event: As it is believed.
            marks: Its values that are not.
            latest: The newest word of that type known of the asset.
        """
        types = self._held.get(event.subject, {})
        held = types.get(event.type)
        if not newer(event, held.event if held else None):
            return False
        if marks and newer(event, latest):
            self._held.setdefault(event.subject, {})[event.type] = Doubt(event, marks)
            return True
        if held is None or marks:
            return False
        del types[event.type]
        if not types:
            del self._held[event.subject]
        return True

    def of(self, asset: str) -> dict[str, Bad]:
        """Return the fields of an asset whose newest values are not believed, and why."""
        return {
            name: mark for doubt in self._held.get(asset, {}).values() for name, mark in doubt.marks.items()
        }

    def missed(self, asset: str) -> list[str]:
        """Return the fields of an asset that somebody counts on and that have no value, in order."""
        marks = self.of(asset).items()
        return sorted(name for name, mark in marks if name not in _SPARE and mark.why != "elsewhere")

    def forget(self, asset: str) -> None:
        """Forget an asset."""
        self._held.pop(asset, None)
