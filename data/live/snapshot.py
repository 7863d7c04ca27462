"""The picture of the park as the screens hold it: every row encoded once, kept for the next snapshot."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Raw

from data.live.frames import Delta, message, raw
from data.live.incident_rows import IncidentRows
from park.alarms.cards import card
from park.config.park import Park
from park.engine.part_failures import Guard, log_failure
from park.events.envelope import Event
from park.events.facts import SHOWN
from park.events.rings import milliseconds
from park.state.changes import Changes
from park.state.state import RESPONSE, State


class Picture:
    """Rows by kind and id; alarms and incidents that are done with leave it."""

    def __init__(self, park: Park, guard: Guard = log_failure) -> None:
        """Begin empty; ``park`` names alarms and places, ``guard`` hears of what cannot be drawn."""
        self.park = park
        self.guard = guard
        self.rows: dict[str, dict[str, Raw]] = {"assets": {}, "vehicles": {}, "detections": {}}
        self.alarms: dict[str, Raw] = {}
        self.incidents = IncidentRows(park)
        self.panels: dict[str, Raw] = {}
        self.heard_ms: dict[str, int] = {}

    def take(self, state: State, changes: Changes, delta: Delta) -> None:
        """Draw what changed in ``state``, into the picture and into ``delta``."""
        drawn, moved = set[str](), set[str]()
        with self.guard("incidents"):
            drawn, moved = self.incidents.update(state, changes.incidents)
        alarms = self._take_alarms(state, changes.alarms | moved)
        changes = msgspec.structs.replace(changes, alarms=frozenset(alarms), incidents=frozenset(drawn))
        self.draw(state, changes, delta)
        for kind, rows in delta.keyed.items():
            self.rows[kind] |= rows
        for asset in changes.assets:
            if heard_ms := state.values(asset)[0]:
                self.heard_ms[asset] = heard_ms
            elif asset not in state.latest:  # forgotten
                self.rows["assets"].pop(asset, None)
                self.rows["detections"].pop(asset, None)
                self.heard_ms.pop(asset, None)
        for vehicle in changes.vehicles:
            if vehicle not in state.vehicles or state.vehicles[vehicle].data.state == "left":
                self.rows["vehicles"].pop(vehicle, None)
                self.heard_ms.pop(vehicle, None)
            else:
                self.heard_ms[vehicle] = milliseconds(state.vehicles[vehicle])

    def draw(self, state: State, changes: Changes, delta: Delta) -> None:
        """Put into ``delta`` what ``changes`` names, as it is now."""
        vehicles = changes.vehicles & state.vehicles.keys()
        delta.keyed["assets"] = self._drawn(changes.assets, state.row)
        delta.keyed["vehicles"] = self._drawn(vehicles, state.vehicle_row)
        delta.keyed["detections"] = self._drawn(changes.cameras, lambda camera: _boxes(state, camera))
        for name in _in_order(state, changes.alarms):
            with self.guard("map"):
                delta.alarms.append(self._row(state, name))
        known = changes.incidents & state.incidents.keys()
        for name in (name for name in known if state.incidents[name].life.opened_ms is not None):
            with self.guard("incidents"):
                delta.incidents[name] = self.incidents.row(state, name)

    def _drawn(self, names: Iterable[str], draw: Callable[[str], Any]) -> dict[str, Raw]:
        """Return the rows of what can be drawn: one that cannot takes no other with it."""
        rows: dict[str, Raw] = {}
        for name in names:
            with self.guard("map"):
                rows[name] = raw(draw(name))
        return rows

    def refresh(self, state: State, delta: Delta) -> None:
        """Draw the incidents whose answer or reach is another by now."""
        with self.guard("incidents"):
            changed = self.incidents.refresh(state)
            delta.incidents |= {name: self.incidents.row(state, name) for name in changed}

    def show(self, panels: dict[str, Any], delta: Delta) -> None:
        """Draw the panels that say something new."""
        for kind, summary in panels.items():
            with self.guard(kind):
                drawn = raw(summary)
                if bytes(drawn) != bytes(self.panels.get(kind, b"")):
                    self.panels[kind] = delta.panels[kind] = drawn

    def snapshot(self) -> list[dict[str, Any]]:
        """Return the whole picture as messages."""
        whole = [message("alarms", list(self.alarms.values()))]
        whole.append(message("incidents", list(self.incidents.rows.values())))
        whole += [message(kind, rows) for kind, rows in self.rows.items()]
        return whole + [message(kind, panel) for kind, panel in self.panels.items()]

    def _take_alarms(self, state: State, names: Iterable[str]) -> list[str]:
        """Draw alarms into the picture; return those to be told: not the ones never shown at all."""
        told = []
        for name in names:
            with self.guard("map"):
                alarm, held = state.alarm(name), self.alarms.pop(name, None)
                if alarm is None:
                    continue
                holder = self.incidents.holder(state, name)
                if self.incidents.shows(holder, alarm):
                    self.alarms[name] = self._card(state, name, holder)
                if held is not None or name in self.alarms or alarm.state == "normal":
                    told.append(name)
        return told

    def _row(self, state: State, name: str) -> Raw:
        """Return an alarm as the screens hold it; one that is not shown is told as done with."""
        return self.alarms.get(name) or self._card(state, name, None, gone=True)

    def _card(self, state: State, name: str, holder: str | None, *, gone: bool = False) -> Raw:
        alarm = state.alarm(name) or state.alarms[name]
        told = card(alarm, self.park.alarms, self.park.assets, state.hidden(alarm), self.park.config.feeds)
        row = msgspec.structs.asdict(told) | {"incident": holder}
        return raw(row | {"state": "normal"} if gone else row)


def touched(events: Iterable[Event], state: State) -> Changes:
    """Return what these events may have changed of what ``state`` knows."""
    assets: set[str] = set()
    vehicles: set[str] = set()
    alarms: set[str] = set()
    cameras: set[str] = set()
    incidents: set[str] = set()
    for event in events:
        if event.type in SHOWN:
            assets.add(event.subject)
        elif event.type == "park.vehicle.position":
            vehicles.add(event.subject)
        elif event.type == "park.camera.detection":
            cameras.add(event.subject)
        elif event.type.startswith("park.alarm."):
            alarms.update(alarm.id for alarm in state.alarms_of(event.subject, event.data.condition))
            alarms.add(getattr(event.data, "alarm", ""))  # it may have turned out to be part of another
            assets.add(event.subject)
        elif event.type in RESPONSE and (incident := _incident_of(event, state)):
            incidents.add(incident)
    for name in incidents:
        alarms.update(m.alarm for m in state.incidents[name].members.values() if m.alarm)
    return Changes(*map(frozenset, (assets, vehicles, alarms, cameras, incidents)))


def _incident_of(event: Event, state: State) -> str | None:
    """Return the incident that an event of the answer is about, if it is known."""
    told = getattr(event.data, "incident", None)
    if told is None and (command := state.commands.get(getattr(event.data, "command", ""))):
        told = command.requested.incident if command.requested else None
    return told if told in state.incidents else None


def _in_order(state: State, names: Iterable[str]) -> list[str]:
    known = [alarm for name in names if (alarm := state.alarm(name))]
    return [alarm.id for alarm in sorted(known, key=lambda alarm: (alarm.raised_ms or 0, alarm.id))]


def _boxes(state: State, camera: str) -> dict[str, Any]:
    event = state.latest[camera]["park.camera.detection"]
    return msgspec.structs.asdict(event.data) | {"time_ms": milliseconds(event)}
