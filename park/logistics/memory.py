"""What the logistics system remembers: passages of gates, states of docks, slots of vehicles at docks."""

from collections.abc import Mapping
from typing import ClassVar

from park.config.asset import Asset
from park.events.envelope import Event
from park.events.rings import Ring
from park.logistics.dock_slots import Slots
from park.logistics.facts import DockStatus, GatePassage, ShipmentStatus
from park.memory import Memory

HOUR_S = 3600
_HOURS = 26  # a day, and the hours that a trip may take


class LogisticsMemory(Memory):
    """``passages`` by gate, ``dock_states`` by dock, and the ``shipments`` of all docks."""

    REMEMBERED: ClassVar[Mapping[str, frozenset[str] | None]] = {
        GatePassage.TYPE: None,
        DockStatus.TYPE: None,
        ShipmentStatus.TYPE: None,
    }

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Remember nothing yet."""
        super().__init__(assets)
        self.passages: dict[str, Ring[GatePassage]] = {}
        self.dock_states: dict[str, Ring[str]] = {}
        self.shipments = Slots()

    def remember(self, event: Event) -> None:
        """Keep a passage, the state of a dock or the word on a slot."""
        match event.data:
            case GatePassage() as passage:
                self.passages.setdefault(event.subject, Ring(HOUR_S, _HOURS)).put(event, passage)
            case DockStatus(state=state):
                self.dock_states.setdefault(event.subject, Ring(HOUR_S, _HOURS)).put(event, state)
            case ShipmentStatus():
                self.shipments.put(event)

    def forget(self, subject: str) -> None:
        """Drop the passages and states of a gate or dock."""
        self.passages.pop(subject, None)
        self.dock_states.pop(subject, None)

    def contents(self) -> object:
        """Return the slots and the buckets of every ring."""
        passages = {subject: ring.buckets for subject, ring in self.passages.items()}
        docks = {subject: ring.buckets for subject, ring in self.dock_states.items()}
        return [passages, docks, self.shipments]
