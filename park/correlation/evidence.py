"""Happenings: alarms, and values that are no alarm but say something beside one.

A value speaks against the recent median of its own asset, so no limit has to be known.
"""

from bisect import insort
from collections.abc import Iterator
from statistics import median

from park.alarms.facts import AlarmRaised
from park.config.park import Park
from park.correlation.relations import Happening, Map, system_of
from park.energy.facts import MeterReading
from park.environment.facts import AirObservation, GasObservation
from park.events.envelope import Event
from park.events.rings import milliseconds
from park.logistics.facts import VehiclePosition
from park.state.state import State

_LEAST = 2  # values before one can be compared
_STANDING_KMH = 5.0


class Witness:
    """Turns events into happenings."""

    def __init__(self, park: Park, state: State, where: Map) -> None:
        """Remember nothing yet."""
        self.park = park
        self.state = state
        self.where = where
        self.rules = park.correlation.evidence
        self._past: dict[str, list[tuple[int, float]]] = {}

    def hear(self, event: Event) -> Happening | None:
        """Return what an event says, None when it is nothing out of the usual."""
        match event.data:
            case AlarmRaised():
                return self.alarm(event.data, event.subject, milliseconds(event))
            case MeterReading() if event.data.power_kw is not None:
                return self._power(event, event.data.power_kw)
            case AirObservation() if event.data.pm25_ugm3 is not None:
                return self._air(event, event.data.pm25_ugm3)
            case GasObservation() if event.data.ppm is not None:
                return self._gas(event, event.data, event.data.ppm)
            case VehiclePosition():
                return self._vehicle(event, event.data)
        return None

    def alarm(self, fact: AlarmRaised, asset: str, told_ms: int) -> Happening:
        """Return an alarm as a happening: it began its on-delay before it was raised."""
        definition = self.park.alarms.get(fact.condition)
        delay_s = definition.on_delay_s if definition and definition.watch != "event" else 0.0
        return Happening(
            id=fact.alarm,
            asset=self._owner(asset),
            what=fact.condition,
            ms=told_ms - int(delay_s * 1000),
            told_ms=told_ms,
            system=system_of(asset),
            place=self.where.place(asset),
            alarm=fact.alarm,
            value=fact.value,
            limit=fact.limit,
            unit=fact.unit,
            critical=fact.priority == "critical",
            stated=fact.cause or "",
        )

    def _power(self, event: Event, power_kw: float) -> Happening | None:
        usual = self._usual(event, power_kw)
        if usual is None or usual <= 0 or power_kw <= self.rules.dead_kw:
            return None
        ms = milliseconds(event)
        before = [told for when, told in self._past[event.subject] if when < ms]
        least, most = self.rules.beyond_share * min(before), max(before) / self.rules.beyond_share
        if power_kw < min(self.rules.drop_share * usual, least):
            return self._say(event, "power_drop", power_kw, usual, "kW")
        if power_kw > max(self.rules.jump_share * usual, most) and self._is_part(event, power_kw - usual):
            return self._say(event, "power_jump", power_kw, usual, "kW")
        return None

    def _is_part(self, event: Event, more_kw: float) -> bool:
        """Tell whether a firm's rise is a good part of the park's."""
        for station in self.state.by_kind.get("substation", []):
            past = self._past.get(station.id, [])
            oldest = past[-1][0] - int(self.rules.memory_s * 1000) if past else 0
            before = [value for ms, value in past[:-1] if ms >= oldest]
            if station.id != event.subject and len(before) >= _LEAST:
                rise = past[-1][1] - median(before)
                return more_kw >= self.rules.part_share * max(rise, 0.0)
        return False

    def _air(self, event: Event, ugm3: float) -> Happening | None:
        usual = self._usual(event, ugm3)
        if usual is None or ugm3 < max(self.rules.air_factor * usual, usual + self.rules.air_rise_ugm3):
            return None
        return self._say(event, "air_rise", ugm3, usual, "µg/m³")

    def _gas(self, event: Event, fact: GasObservation, ppm: float) -> Happening | None:
        usual, limit = self._usual(event, ppm), self.park.limits.gas(fact.substance)
        if usual is None or limit is None or limit.twa is None:
            return None
        if ppm < max(self.rules.gas_factor * usual, self.rules.gas_share * limit.twa):
            return None
        return self._say(event, "gas_rise", ppm, limit.twa, "ppm")

    def _vehicle(self, event: Event, fact: VehiclePosition) -> Happening | None:
        if fact.lat is None:  # nobody knows where: it says nothing
            return None
        standing = fact.state == "moving" and fact.speed_kmh is not None and fact.speed_kmh < _STANDING_KMH
        if fact.cargo != "dangerous" or not (standing or fact.off_route):
            return None
        return self._say(event, "dg_standing", fact.speed_kmh, None, "km/h")

    def _say(self, event: Event, what: str, value: float | None, limit: float | None, unit: str) -> Happening:
        ms, asset = milliseconds(event), event.subject
        return Happening(
            id=f"{event.source} {event.id}",
            asset=self._owner(asset),
            what=what,
            ms=ms,
            told_ms=ms,
            system=system_of(asset),
            place=self.where.place(asset),
            value=value,
            limit=limit,
            unit=unit,
        )

    def _owner(self, asset: str) -> str:
        """Return the firm a meter counts for: it is the firm that it happens to; else the asset."""
        known = self.state.assets.get(asset)
        return str(known.traits.get("factory") or asset) if known and known.kind == "meter" else asset

    def _usual(self, event: Event, value: float) -> float | None:
        """Return the median of what the asset told before, within the memory; remember the value."""
        ms, past = milliseconds(event), self._past.setdefault(event.subject, [])
        oldest = ms - int(self.rules.memory_s * 1000)
        before = [told for when, told in past if oldest <= when < ms]
        if (ms, value) not in past:
            insort(past, (ms, value))
        newest = past[-1][0]
        while past[0][0] < newest - int(self.rules.long_memory_s * 1000):
            past.pop(0)
        return median(before) if len(before) >= _LEAST else None


def open_alarms(state: State, witness: Witness) -> Iterator[Happening]:
    """Yield the alarms that stand or were not acknowledged, oldest first, as the happenings they were."""
    stood = [alarm for alarm in state.alarms.values() if alarm.state != "normal"]
    for alarm in sorted(stood, key=lambda alarm: (alarm.raised_ms or 0, alarm.id)):
        fact = AlarmRaised(
            alarm.id, alarm.condition, alarm.priority, alarm.value, alarm.limit, alarm.unit, alarm.cause
        )
        yield witness.alarm(fact, alarm.asset, alarm.raised_ms or 0)
