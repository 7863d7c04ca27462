"""State of a park: the pure fold of its events.

The same events in any order, any of them any number of times, give the same state (within the
reach of the bounded memories): newest by ``(time, source, id)`` wins, late ones only fill the past.
An event whose clock is far ahead would hold its place for ever: it is counted, not taken.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, get_args

import msgspec

from park.alarms.book import AlarmBook
from park.alarms.facts import AlarmFact, AlarmRaised
from park.alarms.lifecycle import LEVELS, Alarm
from park.alarms.overlays import Overlay
from park.commands.command import Command
from park.commands.facts import CommandFact
from park.config.asset import Asset
from park.events.base import FactBase
from park.events.envelope import AHEAD, Event
from park.events.facts import SHOWN
from park.events.identity import newer
from park.events.rings import Raising, Ring, milliseconds
from park.incidents.facts import IncidentFact
from park.incidents.incident import Incident
from park.logistics.facts import VehiclePosition
from park.memory import Memory
from park.messages.facts import MessageFact
from park.messages.message import Message
from park.state.changes import Changes
from park.state.reading import Reading
from park.values.doubts import Doubts
from park.values.plausibility import Judge, Marks, without_place
from park.values.vehicle_fixes import Fixes, believed

F = TypeVar("F", bound=FactBase)
M = TypeVar("M", bound=Memory)
HOUR_S = 3600
_RAISED_HOURS = 26
_GONE_VEHICLES = 2000
_STRANGERS = 5000
ALARMS = frozenset(fact.TYPE for fact in get_args(AlarmFact))
RESPONSE = frozenset(fact.TYPE for fact in get_args(IncidentFact | CommandFact | MessageFact))
_DOUBT_LEVEL = 1


class State:
    """What is known of a park now; ``assets`` by id are what its files say.

    Systems are known by their memories alone; ``park.systems.new_state`` gives it those of all systems.
    """

    def __init__(self, assets: dict[str, Asset], memories: Iterable[type[Memory]] = ()) -> None:
        """Know nothing yet."""
        self.assets = assets
        self.latest: dict[str, dict[str, Event]] = {}
        self.vehicles: dict[str, Event] = {}
        self._book = AlarmBook()
        self.alarms: dict[str, Alarm] = self._book.alarms
        self.overlays = self._book.overlays
        self.incidents: dict[str, Incident] = {}
        self.commands: dict[str, Command] = {}
        self.messages: dict[str, Message] = {}
        self.raised: Ring[Raising] = Ring(HOUR_S, _RAISED_HOURS)
        self._memories = {kind: kind(assets) for kind in memories}
        self._remembered = {
            type_: (memory, kinds)
            for memory in self._memories.values()
            for type_, kinds in memory.REMEMBERED.items()
        }
        self.feeds: dict[str, Event] = {}
        self.ahead = 0
        self.doubts = Doubts()
        self.judge = Judge(assets)
        self._fixes = Fixes()
        self._exercise: Event | None = None
        self.by_kind: dict[str, list[Asset]] = {}
        for asset in assets.values():
            self.by_kind.setdefault(asset.kind, []).append(asset)
        self._changed: dict[str, set[str]] = {name: set() for name in Changes.__struct_fields__}

    def apply(self, event: Event) -> Event:
        """Take in one event; a duplicate or a late one changes nothing newer.

        Those whose clock is ahead have the time of their arrival (``park/intake/clocks.py``) and are counted.
        Of those that did not enter by the door only alarms are taken, as each stands for itself.

        Returns:
            The event as it is believed: None for every value that is none (``park/values/plausibility.py``).
        """
        if event.stamped is not None and event.stamped - event.time > AHEAD:
            self.ahead += 1
        if event.ahead and event.type not in ALARMS and event.type not in RESPONSE:
            self.ahead += 1
            return event
        if event.type in RESPONSE:
            self._keep_response(event)
            return event
        event, marks = self.judge(event)
        if event.type == VehiclePosition.TYPE:
            return self._keep_vehicle(event, marks)
        self._doubt(event, marks)
        if event.type in self._remembered:
            self._remember(event)
        keeper = self._KEEPERS.get(event.type)
        if keeper is not None:
            keeper(self, event)
        types = self.latest.setdefault(event.subject, {})
        if newer(event, types.get(event.type)):
            types[event.type] = event
            if event.type in SHOWN:
                self._changed["assets"].add(event.subject)
            elif event.type == "park.camera.detection":
                self._changed["cameras"].add(event.subject)
        self._trim_strangers()
        return event

    def memory(self, kind: type[M]) -> M:
        """Return what a system remembers.

        Raises:
            KeyError: this state was made without that system.
        """
        memory = self._memories[kind]
        if not isinstance(memory, kind):
            raise KeyError(kind)
        return memory

    @property
    def exercise(self) -> bool:
        """Whether an exercise is held: nothing leaves the room then."""
        return self._exercise is not None and bool(self._exercise.data.active)

    def drain(self) -> Changes:
        """Return what changed since the last call, and forget it."""
        changes = Changes(**{name: frozenset(ids) for name, ids in self._changed.items()})
        for ids in self._changed.values():
            ids.clear()
        return changes

    def fact(self, asset: str, kind: type[F]) -> F | None:
        """Return the latest fact of a kind about an asset, None if there is none."""
        event = self.latest.get(asset, {}).get(kind.TYPE)
        return event.data if event is not None and isinstance(event.data, kind) else None

    def reading(self, asset: str, kind: type[FactBase], field: str, unit: str, scale: float = 1.0) -> Reading:
        """Return one field of the latest fact as a reading, multiplied by ``scale``."""
        event = self.latest.get(asset, {}).get(kind.TYPE)
        known = self.assets.get(asset)
        period_s = known.period_s if known else None
        if event is None:
            return Reading(None, unit, None, period_s)
        value = getattr(event.data, field)
        return Reading(None if value is None else value * scale, unit, milliseconds(event), period_s)

    def values(self, asset: str) -> tuple[int | None, dict[str, Any]]:
        """Return when the asset last spoke (ms) and its live values by field."""
        events = [event for type_, event in self.latest.get(asset, {}).items() if type_ in SHOWN]
        fields: dict[str, Any] = {}
        for event in sorted(events, key=lambda told: told.type):
            fields |= msgspec.structs.asdict(event.data)
        if marks := self.doubts.of(asset):
            fields["bad"] = {name: (mark.why, mark.said) for name, mark in marks.items()}
        return max(map(milliseconds, events), default=None), fields

    def level(self, asset: str) -> int:
        """Return 0 normal … 4 critical, from alarms that show, doubts and what its facts say."""
        active = (alarm for alarm in self._book.at(asset) if alarm.active and not self.hidden(alarm))
        worst = max((LEVELS[alarm.priority] for alarm in active), default=0)
        for type_, event in self.latest.get(asset, {}).items():
            if type_ in SHOWN:
                worst = max(worst, event.data.gravity())
        if asset in self.doubts and self.doubts.missed(asset):
            worst = max(worst, _DOUBT_LEVEL)
        return worst

    def row(self, asset: str) -> tuple[int, int | None, dict[str, Any]]:
        """Return ``(level, time_ms, values)``: the asset in the ``assets`` message."""
        time_ms, fields = self.values(asset)
        return self.level(asset), time_ms, fields

    def vehicle_row(self, vehicle: str) -> tuple[float, float, float | None, float | None, str, str, int]:
        """Return ``(lat, lon, heading_deg, speed_kmh, state, cargo, time_ms)`` for ``vehicles``."""
        event = self.vehicles[vehicle]
        fact = event.data
        place = fact.lat, fact.lon, fact.heading_deg, fact.speed_kmh
        return (*place, fact.state, fact.cargo, milliseconds(event))

    def alarm(self, name: str) -> Alarm | None:
        """Return an alarm; one that turned out to be part of another, as done with."""
        return self.alarms.get(name) or self._book.withdrawn.get(name)

    def open_alarms(self) -> list[Alarm]:
        """Return the alarms not yet done with that show, worst first, then oldest."""
        open_ = (a for a in self.alarms.values() if a.state != "normal" and not self.hidden(a))
        return sorted(open_, key=lambda alarm: (-LEVELS[alarm.priority], alarm.raised_ms or 0))

    def open_alarm(self, asset: str, condition: str) -> Alarm | None:
        """Return the alarm of a condition that is not done with, shown or hidden."""
        return self._book.standing(asset, condition)

    def alarms_of(self, asset: str, condition: str) -> list[Alarm]:
        """Return every known alarm of a condition, done with or not."""
        return self._book.of(asset, condition)

    def hidden(self, alarm: Alarm) -> Overlay | None:
        """Return what hides an alarm: shelved, suppressed, out of service; None when it shows."""
        return self._book.hidden(alarm)

    def shelf(self) -> list[tuple[Overlay, Alarm | None]]:
        """Return every overlay and the alarm it hides, None where its condition is normal; oldest first."""
        found = [(over, self.open_alarm(over.asset, over.condition)) for over in self.overlays.all()]
        return sorted(found, key=lambda row: (row[0].since_ms, row[0].asset, row[0].condition))

    def same_as(self, other: "State") -> bool:
        """Tell whether both know the same (used to hold the fold to its promise)."""
        plain = (
            "latest", "vehicles", "alarms", "overlays", "feeds", "incidents", "commands", "messages",
        )  # fmt: skip
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            memory.contents() == other.memory(kind).contents() for kind, memory in self._memories.items()
        )

    def _remember(self, event: Event) -> None:
        """Hand an event to the memory of the system that remembers its type."""
        memory, kinds = self._remembered[event.type]
        if kinds is not None:
            asset = self.assets.get(event.subject)
            if asset is None or asset.kind not in kinds:
                return
        memory.remember(event)

    def _doubt(self, event: Event, marks: Marks) -> None:
        if event.type in SHOWN or event.type == VehiclePosition.TYPE:
            latest = self.latest.get(event.subject, {}).get(event.type)
            if self.doubts.note(event, marks, latest):
                self._changed["assets"].add(event.subject)

    def _keep_vehicle(self, event: Event, marks: Marks) -> Event:
        """Keep where a vehicle is; a place that is none, or nobody could have driven to, moves it nowhere."""
        if None in (event.data.lat, event.data.lon) and event.data.state != "left":
            self._doubt(event, marks)
            return event
        fixes = self._fixes.put(event)
        found = believed(fixes)
        if event.key == fixes[-1].key and found is not fixes[-1]:
            event, jump = without_place(event, "jump")
            marks |= jump
        self._doubt(event, marks)
        if found is not self.vehicles.get(found.subject):
            self._move_vehicle(found)
        return event

    def _move_vehicle(self, event: Event) -> None:
        self.vehicles[event.subject] = event
        self.latest.setdefault(event.subject, {})[event.type] = event
        self._changed["vehicles"].add(event.subject)
        if event.data.state == "left" and len(self.vehicles) > _GONE_VEHICLES:
            gone = [held for held in self.vehicles.values() if held.data.state == "left"]
            oldest = min(gone, key=lambda held: (held.time, held.subject)).subject
            del self.vehicles[oldest]
            self.latest.pop(oldest, None)
            self.doubts.forget(oldest)
            self._fixes.forget(oldest)
        self._trim_strangers()

    def _keep_alarm(self, event: Event) -> None:
        if isinstance(event.data, AlarmRaised):
            key = (event.subject, event.data.condition)
            self.raised.put(event, Raising(milliseconds(event), *key, event.data.priority))
        self._changed["alarms"] |= self._book.take(event)
        self._changed["assets"].add(event.subject)

    def _trim_strangers(self) -> None:
        """Forget the half of what is in no file of the park that was silent longest, when it is too much."""
        if len(self.latest) <= len(self.assets) + _STRANGERS:
            return
        strangers = [subject for subject in self.latest if subject not in self.assets]
        strangers.sort(key=lambda subject: max(map(milliseconds, self.latest[subject].values())))
        newest_by_subject: tuple[dict[str, Any], ...] = (self.latest, self.vehicles, self.feeds)
        for subject in strangers[: len(strangers) // 2]:
            for newest in newest_by_subject:
                newest.pop(subject, None)
            for memory in self._memories.values():
                memory.forget(subject)
            self._fixes.forget(subject)
            self.doubts.forget(subject)
            for changed in (self._changed["assets"], self._changed["vehicles"]):
                changed.add(subject)
            self._changed["cameras"].discard(subject)

    def _keep_response(self, event: Event) -> None:
        fact, incident = event.data, getattr(event.data, "incident", None)
        if event.type.startswith("park.incident."):
            held = self.incidents.setdefault(fact.incident, Incident(fact.incident))
            if held.apply(event) and (alarm := getattr(fact, "member", None)) in self.alarms:
                self._changed["alarms"].add(alarm)
        elif event.type.startswith("park.command."):
            command = self.commands.setdefault(fact.command, Command(fact.command))
            command.apply(event)
            incident = command.requested.incident if command.requested else None
        else:
            message = self.messages.setdefault(fact.message, Message(fact.message))
            message.apply(event)
            incident = message.incident
        if incident is not None:
            self._changed["incidents"].add(incident)

    def _keep_exercise(self, event: Event) -> None:
        if newer(event, self._exercise):
            self._exercise = event

    def _keep_feed(self, event: Event) -> None:
        if newer(event, self.feeds.get(event.subject)):
            self.feeds[event.subject] = event

    _KEEPERS: ClassVar[dict[str, Callable[["State", Event], None]]] = {
        **dict.fromkeys(ALARMS, _keep_alarm),
        "park.feed.heartbeat": _keep_feed,
        "park.exercise.status": _keep_exercise,
    }
