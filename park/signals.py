"""From a condition that comes and goes to an alarm: on-delay, off-delay, one alarm at a time."""

from datetime import datetime, timedelta

from msgspec import Struct

from park.alarm_facts import AlarmCleared, AlarmFact, AlarmRaised
from park.alarms import Alarm, Definition, Kind, event_id, new_alarm
from park.events import Event


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
    """One condition at one asset: since when it holds (or not), and its alarm while raised.

    ``former`` is an alarm of it still to be acknowledged: that one is raised again.
    """

    asset: str
    condition: str
    definition: Definition
    on: bool = False
    since: datetime | None = None
    found: Finding | None = None
    alarm: Alarm | None = None
    former: Alarm | None = None

    @property
    def idle(self) -> bool:
        """Nothing holds, nothing is raised: it can be forgotten."""
        return not self.on and self.alarm is None

    @property
    def pending(self) -> bool:
        """Whether a delay runs."""
        return self.on == (self.alarm is None)

    def feel(self, finding: Finding, time: datetime, park: str) -> list[Event]:
        """Take a finding made at ``time``; return the alarm events it leads to."""
        events = self.advance(time, park)
        if finding.holds != self.on:
            self.on, self.since = finding.holds, time
        if finding.holds:
            self.found = finding
        return events + self.advance(time, park)

    def advance(self, time: datetime, park: str) -> list[Event]:
        """Let time pass; return the alarm events whose delay has run out."""
        if not self.pending or self.since is None:
            return []
        delay_s = self.definition.on_delay_s if self.on else self.definition.off_delay_s
        due = self.since + timedelta(seconds=delay_s)
        if time < due:
            return []
        if self.alarm is None:
            return [self._raise(due, park)]
        alarm, self.alarm = self.alarm, None
        return [_event(alarm, AlarmCleared(alarm.id, self.condition), due, park)]

    def _raise(self, at: datetime, park: str) -> Event:
        definition, found = self.definition, self.found
        fresh = new_alarm(self.asset, self.condition, definition.priority, int(at.timestamp() * 1000))
        self.alarm = self.former or fresh
        fact = AlarmRaised(
            self.alarm.id,
            self.condition,
            definition.priority,
            value=found.value if found else None,
            limit=found.limit if found else None,
            unit=found.unit if found else "",
            cause=found.cause if found else None,
        )
        return _event(self.alarm, fact, at, park)


def _event(alarm: Alarm, fact: AlarmFact, at: datetime, park: str) -> Event:
    kind: Kind = "raise" if isinstance(fact, AlarmRaised) else "clear"
    return Event(
        id=event_id(alarm.id, kind, int(at.timestamp() * 1000)),
        source=f"watch/{park}",
        type=fact.TYPE,
        subject=alarm.asset,
        time=at,
        park=park,
        data=fact,
    )
