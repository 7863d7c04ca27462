"""Which conditions hold: the definitions of a park held against its state, fact by fact and in time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from park.alarms.checks import JUDGES, TIMED, Key, Look, clock
from park.alarms.definition import Definition
from park.alarms.delays import Finding, Signal, pack, unpack
from park.config.park import Park
from park.engine.part_failures import Troubles
from park.events.envelope import Event
from park.events.facts import SHOWN
from park.events.identity import same_content
from park.events.rings import milliseconds
from park.intake.clocks import OURS
from park.logistics.facts import VehiclePosition
from park.state.state import State
from park.systems import CHECKS
from park.values.plausibility import FIELDS

TIMED_CHECKS = TIMED | CHECKS
_MEASURED = tuple(name for name in FIELDS if name in SHOWN or name == VehiclePosition.TYPE)
_CAI_EVERY = timedelta(seconds=30)
_NEVER_LOST = frozenset({"critical", "high"})  # a late value of these is told, whatever came since
_LATE_TOGETHER_MS = 600_000  # late values this near to an alarm of theirs are part of it


class Conditions:
    """Finds alarms in a park; ``state`` is folded by the owner, before :meth:`take` is told."""

    def __init__(
        self, park: Park, state: State, kept: Iterable[bytes] = (), workers: tuple[str, ...] = ()
    ) -> None:
        """Begin with what the state knows: its alarms stand, its latest facts are looked at.

        ``kept`` is what the watch before this one had of :meth:`changes`: delays go on where they were.
        ``workers`` are the processes whose absence is looked for.
        """
        self.park = park
        self.state = state
        self._by_type: dict[str, list[tuple[str, str]]] = {}
        self._rank = {name: number for number, name in enumerate(park.alarms)}
        self._timed = [(name, d) for name, d in park.alarms.items() if d.watch in TIMED_CHECKS]
        self._clocks = [name for name, d in park.alarms.items() if d.watch == "clock"]
        self._look = Look(park, state, workers)
        self._cai_at: datetime | None = None
        self._changed: set[Key] = set()
        for name, definition in park.alarms.items():
            for type_ in _types(definition):
                self._by_type.setdefault(type_, []).append((name, definition.watch))
        self._troubles = Troubles(park.id, "rule", f"watch/{park.id}")
        self._troubles.recall(state)
        self._resume(kept)
        self._stand()

    def take(self, event: Event) -> list[Event]:
        """Look at an event just folded; return the alarm events it leads to."""
        told = self._look_at_clock(event)
        names = self._by_type.get(event.type)
        if names is None:
            return told
        event, _marks = self.state.judge(event)
        held = self.state.latest.get(event.subject, {}).get(event.type)
        newest = held is not None and held.key == event.key and same_content(held, event)
        for name, watch in names:
            with self._troubles.guard(name):
                if watch in ("event", "reused"):
                    told += self._occurred(name, event)
                elif newest or watch == "quality":
                    told += self._feel(JUDGES[watch](self._look, name, event), event.time)
                elif watch == "value" and held is not None:
                    told += self._feel_late(name, event, held)
        return told

    def _look_at_clock(self, event: Event) -> list[Event]:
        if event.source.startswith(OURS):
            return []
        told: list[Event] = []
        for name in self._clocks:
            with self._troubles.guard(name):
                told += self._feel(clock(self._look, name, event), event.time)
        return told

    def _feel_late(self, name: str, event: Event, held: Event) -> list[Event]:
        """Raise what a value would have raised that came after a newer one: late is not lost.

        How long it held is not known: it counts as long as the alarm's delay, at its own time.
        """
        definition, signal = self.park.alarms[name], self._look.signals.get((event.subject, name))
        came_later = event.ingested and held.ingested and event.ingested >= held.ingested
        if not came_later or definition.priority not in _NEVER_LOST or signal is not None:
            return []
        finding = JUDGES["value"](self._look, name, event)
        if finding is None or not finding.holds or self._was_raised(event, name):
            return []
        over = event.time + timedelta(seconds=definition.on_delay_s)
        return self._feel(finding, event.time) + self._feel(replace(finding, holds=False), over)

    def _was_raised(self, event: Event, name: str) -> bool:
        """Tell whether an alarm stood when a late value was measured, or shortly before."""
        at_ms, delay_ms = milliseconds(event), int(1000 * self.park.alarms[name].on_delay_s)
        return any(
            (alarm.raised_ms or 0) <= at_ms + delay_ms
            and (alarm.cleared_ms is None or at_ms <= alarm.cleared_ms + _LATE_TOGETHER_MS)
            for alarm in self.state.alarms_of(event.subject, name)
        )

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass to ``now``; return the alarm events that come due."""
        told: list[Event] = []
        self._look.since = self._look.since or now
        for name, definition in self._timed:
            if definition.watch == "cai" and self._cai_at and now - self._cai_at < _CAI_EVERY:
                continue
            with self._troubles.guard(name):
                for finding in list(TIMED_CHECKS[definition.watch](self._look, name, definition, now)):
                    told += self._feel(finding, now)
        if not self._cai_at or now - self._cai_at >= _CAI_EVERY:
            self._cai_at = now
        due: list[Event] = []
        for key, signal in list(self._look.signals.items()):
            with self._troubles.guard(signal.condition):
                if signal.pending and (over := signal.advance(now, self.park.id, self._standing(signal))):
                    due += over
                    self._tidy(key)
                elif signal.alarm and signal.definition.re_alarm_s:
                    due += self._again(signal, signal.alarm, now)
        return told + sorted(due, key=self._order) + self._troubles.tick(now)

    def changes(self) -> dict[str, bytes | None]:
        """Return the delays and alarms that are not what they were at the last call, None for what ended."""
        signals = {key: self._look.signals.get(key) for key in self._changed}
        self._changed.clear()
        return {"|".join(key): pack(signal) if signal else None for key, signal in signals.items()}

    def _order(self, event: Event) -> tuple[datetime, int, str]:
        """Tell what came due first; of the same moment what is defined first."""
        return event.time, self._rank.get(event.data.condition, 0), event.subject

    def _again(self, signal: Signal, name: str, now: datetime) -> list[Event]:
        """Raise an alarm again that was acknowledged long ago and is still active."""
        alarm = self.state.alarms.get(name)
        if alarm is None or alarm.state != "ack" or alarm.acked_ms is None:
            return []
        due = datetime.fromtimestamp(alarm.acked_ms / 1000, UTC)
        due += timedelta(seconds=signal.definition.re_alarm_s)
        return [signal.raised(due, self.park.id)] if due <= now else []

    def _resume(self, kept: Iterable[bytes]) -> None:
        """Go on with the signals of the watch before."""
        for raw in kept:
            signal = unpack(raw, self.park.alarms)
            if signal is not None:
                self._look.signals[signal.asset, signal.condition] = signal

    def _stand(self) -> None:
        """Take over the alarms that are still active and what was last said, raising nothing twice."""
        for alarm in self.state.alarms.values():
            definition = self.park.alarms.get(alarm.condition)
            key = (alarm.asset, alarm.condition)
            if alarm.active and definition and alarm.raised_ms is not None and key not in self._look.signals:
                since = datetime.fromtimestamp(alarm.raised_ms / 1000, UTC)
                signal = self._look.signals[key] = Signal(*key, definition, alarm=alarm.id, since=since)
                signal.on = definition.watch not in ("event", "reused")
                self._changed.add(key)
        latest = [event for types in self.state.latest.values() for event in types.values()]
        for event in latest:
            for name, watch in self._by_type.get(event.type, ()):
                if watch == "group":
                    with self._troubles.guard(name):
                        self._look.sort_in(name, event)
        for event in latest:
            for name, watch in self._by_type.get(event.type, ()):
                if watch not in ("event", "reused"):
                    with self._troubles.guard(name):
                        self._settle(JUDGES[watch](self._look, name, event), event.time)

    def _settle(self, finding: Finding | None, time: datetime) -> None:
        """Note how a condition stands without telling anything: delays start or go on from here."""
        if finding is None:
            return
        signal = self._signal(finding)
        if signal is not None and finding.holds != signal.on:
            signal.on, signal.since = finding.holds, time
            signal.found = finding if finding.holds else signal.found
            self._tidy((finding.asset, finding.condition))

    def _feel(self, finding: Finding | None, time: datetime) -> list[Event]:
        signal = None if finding is None else self._signal(finding)
        if finding is None or signal is None:
            return []
        told = signal.feel(finding, time, self.park.id, self._standing(signal))
        self._tidy((finding.asset, finding.condition))
        return told

    def _signal(self, finding: Finding) -> Signal | None:
        key = finding.asset, finding.condition
        signal = self._look.signals.get(key)
        if signal is None and finding.holds:
            signal = self._look.signals[key] = Signal(*key, self.park.alarms[finding.condition])
        return signal

    def _standing(self, signal: Signal) -> str | None:
        """Return the alarm to raise again: one that will not be done with when its condition returns."""
        alarm = self.state.open_alarm(signal.asset, signal.condition)
        done = alarm is None or (alarm.state == "ack" and not signal.definition.latching)
        return None if alarm is None or done else alarm.id

    def _tidy(self, key: Key) -> None:
        self._changed.add(key)
        signal = self._look.signals.get(key)
        if signal is not None and signal.idle:
            del self._look.signals[key]

    def _occurred(self, name: str, event: Event) -> list[Event]:
        definition = self.park.alarms[name]
        asset = self.state.assets.get(event.subject)
        if getattr(event.data, "kind", None) != definition.kind:
            return []
        if definition.trait and not (asset and asset.traits.get(definition.trait)):
            return []
        signal = self._look.signals.get((event.subject, name))
        time = event.ingested if event.ahead and event.ingested else event.time
        if signal is not None and signal.since is not None and time < signal.since:
            return []
        score, rule = getattr(event.data, "score", None), getattr(event.data, "rule", None)
        cause = rule or getattr(event.data, "event", None)
        seen = Finding(event.subject, name, holds=True, value=score, cause=cause)
        over = Finding(event.subject, name, holds=False)
        return self._feel(seen, time) + self._feel(over, time)


def _types(definition: Definition) -> tuple[str, ...]:
    """Return the types of events that a definition looks at."""
    if definition.type:
        return (definition.type,)
    return _MEASURED if definition.watch == "quality" else ()
