"""From a condition that comes and goes to an alarm: on-delay, off-delay, one alarm at a time."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from park.alarms.definition import Definition
from park.alarms.facts import AlarmCleared, AlarmFact, AlarmRaised
from park.alarms.lifecycle import Kind, alarm_id, event_id
from park.events.envelope import Event


class Finding(Struct, frozen=True):
    """Whether a condition holds at an asset, and by what."""

    asset: str
    condition: str
    holds: bool
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    cause: str | None = None


class Signal(Struct):
    """One condition at one asset: since when it holds (or not), and the id of its alarm while raised.

    ``standing`` is the id of an alarm of it that is not done with: that one is raised again.
    """

    asset: str
    condition: str
    definition: Definition
    on: bool = False
    since: datetime | None = None
    found: Finding | None = None
    alarm: str | None = None

    @property
    def idle(self) -> bool:
        """Nothing holds, nothing is raised: it can be forgotten."""
        return not self.on and self.alarm is None

    @property
    def pending(self) -> bool:
        """Whether a delay runs."""
        return self.on == (self.alarm is None)

    def feel(self, finding: Finding, time: datetime, park: str, standing: str | None) -> list[Event]:
        """Take a finding made at ``time``; return the alarm events it leads to."""
        events = self.advance(time, park, standing)
        if finding.holds != self.on:
            self.on, self.since = finding.holds, time
        if finding.holds:
            self.found = finding
        return events + self.advance(time, park, standing)

    def advance(self, time: datetime, park: str, standing: str | None) -> list[Event]:
        """Let time pass; return the alarm events whose delay has run out."""
        if not self.pending or self.since is None:
            return []
        delay_s = self.definition.on_delay_s if self.on else self.definition.off_delay_s
        due = self.since + timedelta(seconds=delay_s)
        if time < due:
            return []
        if self.alarm is None:
            fresh = alarm_id(self.asset, self.condition, int(due.timestamp() * 1000))
            self.alarm = standing or fresh
            return [self.raised(due, park)]
        alarm, self.alarm = self.alarm, None
        return [self._event(AlarmCleared(alarm, self.condition, self.definition.latching), due, park)]

    def raised(self, at: datetime, park: str) -> Event:
        """Return that its alarm is raised at ``at``: for the first time, or again."""
        found = self.found
        fact = AlarmRaised(
            self.alarm or "",
            self.condition,
            self.definition.priority,
            value=found.value if found else None,
            limit=found.limit if found else None,
            unit=found.unit if found else "",
            cause=found.cause if found else None,
        )
        return self._event(fact, at, park)

    def _event(self, fact: AlarmRaised | AlarmCleared, at: datetime, park: str) -> Event:
        kind: Kind = "raise" if isinstance(fact, AlarmRaised) else "clear"
        return watch_event(event_id(fact.alarm, kind, int(at.timestamp() * 1000)), self.asset, fact, at, park)


def watch_event(id_: str, asset: str, fact: AlarmFact, at: datetime, park: str) -> Event:
    """Return what the watch of a park tells about an asset."""
    return Event(id_, f"watch/{park}", fact.TYPE, asset, at, park, fact)


class Kept(Struct, frozen=True, omit_defaults=True):
    """A signal as it outlives its process: all of it but its definition."""

    asset: str
    condition: str
    on: bool
    since: datetime | None = None
    found: Finding | None = None
    alarm: str | None = None


def pack(signal: Signal) -> bytes:
    """Return a signal as bytes."""
    return msgspec.json.encode(Kept(**{name: getattr(signal, name) for name in Kept.__struct_fields__}))


def unpack(raw: bytes, definitions: dict[str, Definition]) -> Signal | None:
    """Return the signal of these bytes; None when its condition is defined no more or they say nothing."""
    try:
        kept = msgspec.json.decode(raw, type=Kept)
    except msgspec.DecodeError:
        return None
    definition = definitions.get(kept.condition)
    return Signal(definition=definition, **msgspec.structs.asdict(kept)) if definition else None
