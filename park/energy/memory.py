"""What the energy system remembers: the power of each generator, battery and substation."""

from collections.abc import Mapping
from typing import ClassVar

from park.config.asset import Asset
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.events.envelope import Event
from park.memory import Memory
from park.values.means import PowerRing

WINDOW_S = 900  # demand is the mean of a quarter of an hour
_WINDOWS = 112  # 28 hours


class EnergyMemory(Memory):
    """``power`` by asset; meters of works are not remembered, only those of substations."""

    REMEMBERED: ClassVar[Mapping[str, frozenset[str] | None]] = {
        MeterReading.TYPE: frozenset({"substation"}),
        PvReading.TYPE: None,
        FuelCellReading.TYPE: None,
        EssStatus.TYPE: None,
    }

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Remember nothing yet."""
        super().__init__(assets)
        self.power: dict[str, PowerRing] = {}

    def remember(self, event: Event) -> None:
        """Keep a reading of power (kW) with the counters (kWh) that go with it."""
        ring = self.power.get(event.subject)
        if ring is None:
            ring = PowerRing(WINDOW_S, _WINDOWS)
            self.power[event.subject] = ring
        fact = event.data
        if fact.power_kw is None:
            return
        if isinstance(fact, EssStatus):
            ring.put(event, (fact.power_kw, fact.discharged_kwh, fact.charged_kwh))
        else:
            ring.put(event, (fact.power_kw, fact.energy_kwh, None))

    def forget(self, subject: str) -> None:
        """Drop the power of an asset."""
        self.power.pop(subject, None)

    def contents(self) -> object:
        """Return the buckets of every ring."""
        return {subject: ring.buckets for subject, ring in self.power.items()}
