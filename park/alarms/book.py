"""The book of alarms: the fold of what is said about each condition of each asset.

One condition at one asset is one alarm, whoever raised it and how often: what is said is walked in order
of time by key ``(asset, condition)``, a raising while an alarm of the key stands belongs to that alarm.
The same events in any order, any of them any number of times, give the same book.
"""

from collections.abc import Iterable, Iterator

from park.alarms.facts import AlarmRaised
from park.alarms.lifecycle import Alarm, step
from park.alarms.overlays import LAYERS, Key, Overlay, Overlays
from park.events.envelope import Event
from park.events.identity import renamed, same_content

CLOSED = 5000  # alarms that are done with: about this many are remembered
WITHDRAWN = 1000
UNRAISED = 1000  # so much may be said about a key before its first raising comes


class Timeline:
    """What was said about one key, in order of time, and the alarms it comes to."""

    def __init__(self) -> None:
        """Begin empty."""
        self.told: dict[tuple[str, str], Event] = {}
        self.alarms: dict[str, Alarm] = {}
        self.names: dict[str, str] = {}
        self._last = ""

    def take(self, event: Event) -> set[str]:
        """Take in an event; return the ids of the alarms that are not what they were, or no more."""
        if (held := self.told.get(event.key)) is not None and not same_content(held, event):
            event = renamed(event)
        if event.key in self.told:
            return set()
        last = next(reversed(self.told.values()), None)
        self.told[event.key] = event
        if not self.alarms and len(self.told) > UNRAISED:
            self.told = dict(list(self.told.items())[UNRAISED // 2 :])
        if last is None or (event.time, *event.key) > (last.time, *last.key):
            return self._step(event)
        before = self.alarms
        self._fold(sorted(self.told.values(), key=lambda told: (told.time, *told.key)))
        names = before.keys() | self.alarms.keys()
        return {name for name in names if before.get(name) != self.alarms.get(name)}

    def forget(self, gone: set[str]) -> None:
        """Forget alarms and what was said about them."""
        self.alarms = {name: alarm for name, alarm in self.alarms.items() if name not in gone}
        self.told = {
            key: event
            for key, event in self.told.items()
            if (name := self.names.get(event.data.alarm)) and name not in gone
        }
        self.names = {alias: name for alias, name in self.names.items() if name not in gone}

    def _fold(self, events: Iterable[Event]) -> None:
        self.told = {}
        self.alarms = {}
        self.names = {}
        self._last = ""
        for event in events:
            self.told[event.key] = event
            self._step(event)

    def _step(self, event: Event) -> set[str]:
        fact, name = event.data, self.names.get(event.data.alarm)
        if isinstance(fact, AlarmRaised):
            standing = self.alarms.get(self._last)
            if standing is not None and standing.state != "normal":
                name = standing.id
            elif name is None:
                name = fact.alarm
            self.names[fact.alarm] = self._last = name
        if name is None:
            return set()
        fresh = Alarm(name, event.subject, fact.condition, getattr(fact, "priority", "low"), "normal")
        held = self.alarms.get(name)
        self.alarms[name], _ = step(held or fresh, fact, event.time)
        return set() if self.alarms[name] == held else {name}


class AlarmBook:
    """All alarms of a park by id, and what lies over them."""

    def __init__(self) -> None:
        """Begin empty."""
        self.alarms: dict[str, Alarm] = {}
        self.overlays = Overlays()
        self.withdrawn: dict[str, Alarm] = {}
        self._lines: dict[Key, Timeline] = {}
        self._conditions: dict[str, set[str]] = {}
        self._forget_at = CLOSED

    def take(self, event: Event) -> set[str]:
        """Take in an event about an alarm; return the ids of alarms that it changes on the screen."""
        key = event.subject, event.data.condition
        if event.type in LAYERS:
            news = self.overlays.apply(event)
            return {alarm.id for alarm in self.of(*key) if alarm.state != "normal"} if news else set()
        line = self._lines.setdefault(key, Timeline())
        self._conditions.setdefault(event.subject, set()).add(event.data.condition)
        changed = line.take(event)
        for name in changed:
            if alarm := line.alarms.get(name):
                self.alarms[name] = alarm
            elif gone := self.alarms.pop(name, None):
                self._withdraw(gone)
        if len(self.alarms) + len(self._lines) > self._forget_at:
            self._forget()
        return changed

    def of(self, asset: str, condition: str) -> list[Alarm]:
        """Return the alarms of a key."""
        line = self._lines.get((asset, condition))
        return list(line.alarms.values()) if line else []

    def at(self, asset: str) -> Iterator[Alarm]:
        """Walk over the alarms of an asset that are not done with."""
        standing = (self.standing(asset, condition) for condition in self._conditions.get(asset, ()))
        return (alarm for alarm in standing if alarm)

    def standing(self, asset: str, condition: str) -> Alarm | None:
        """Return the alarm of a key that is not done with; there is one at most."""
        return next((alarm for alarm in self.of(asset, condition) if alarm.state != "normal"), None)

    def hidden(self, alarm: Alarm) -> Overlay | None:
        """Return what hides an alarm."""
        return self.overlays.over(alarm.asset, alarm.condition)

    def _withdraw(self, gone: Alarm) -> None:
        """Remember for the screens that what looked like an alarm is part of another."""
        self.withdrawn[gone.id] = Alarm(gone.id, gone.asset, gone.condition, gone.priority, "normal")
        while len(self.withdrawn) > WITHDRAWN:
            del self.withdrawn[next(iter(self.withdrawn))]

    def _forget(self) -> None:
        """Forget the older half of the alarms that are done with, and of what was never raised."""
        closed = [alarm for alarm in self.alarms.values() if alarm.state == "normal"]
        closed.sort(key=lambda alarm: (alarm.raised_ms or 0, alarm.id))
        gone = {alarm.id for alarm in closed[: len(closed) // 2]}
        for key in {(alarm.asset, alarm.condition) for alarm in closed if alarm.id in gone}:
            self._lines[key].forget(gone)
        for name in gone:
            del self.alarms[name]
        empty = [key for key, line in self._lines.items() if not line.alarms]
        for key in [key for key in empty if not self._lines[key].told] + empty[: len(empty) // 2]:
            self._lines.pop(key, None)
            self._conditions[key[0]].discard(key[1])
        self._forget_at = max(CLOSED, len(self.alarms) + len(self._lines) + CLOSED // 2)
