"""The picture of the park as the screens hold it: every row encoded once, kept for the next snapshot."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw

from data.delta import Delta, message, raw
from park.alarms import card
from park.config import Park
from park.events import Event
from park.rings import milliseconds
from park.state import SHOWN, Changes, State


class Picture:
    """Rows by kind and id; alarms that are done with leave it."""

    def __init__(self, park: Park) -> None:
        """Begin empty; ``park`` names alarms and places."""
        self.park = park
        self.rows: dict[str, dict[str, Raw]] = {"assets": {}, "vehicles": {}, "detections": {}}
        self.alarms: dict[str, Raw] = {}
        self.panels: dict[str, Raw] = {}
        self.heard_ms: dict[str, int] = {}

    def take(self, state: State, changes: Changes, delta: Delta) -> None:
        """Draw what changed in ``state``, into the picture and into ``delta``."""
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
        for name in changes.alarms & state.alarms.keys():
            self.alarms.pop(name, None)
            if state.alarms[name].state != "normal":
                self.alarms[name] = self._card(state, name)

    def draw(self, state: State, changes: Changes, delta: Delta) -> None:
        """Put into ``delta`` what ``changes`` names, as it is now."""
        delta.keyed["assets"] = {asset: raw(state.row(asset)) for asset in changes.assets}
        delta.keyed["vehicles"] = {
            vehicle: raw(state.vehicle_row(vehicle)) for vehicle in changes.vehicles & state.vehicles.keys()
        }
        delta.keyed["detections"] = {
            camera: raw(_boxes(state.latest[camera]["park.camera.detection"])) for camera in changes.cameras
        }
        delta.alarms = [self._card(state, name) for name in _in_order(state, changes.alarms)]

    def show(self, panels: dict[str, Any], delta: Delta) -> None:
        """Draw the panels that say something new."""
        for kind, summary in panels.items():
            drawn = raw(summary)
            if bytes(drawn) != bytes(self.panels.get(kind, b"")):
                self.panels[kind] = delta.panels[kind] = drawn

    def snapshot(self) -> list[dict[str, Any]]:
        """Return the whole picture as messages."""
        whole = [message("alarms", list(self.alarms.values()))]
        whole += [message(kind, rows) for kind, rows in self.rows.items()]
        return whole + [message(kind, panel) for kind, panel in self.panels.items()]

    def _card(self, state: State, name: str) -> Raw:
        return raw(card(state.alarms[name], self.park.alarms, self.park.assets))


def touched(events: Iterable[Event]) -> Changes:
    """Return what these events may have changed."""
    assets: set[str] = set()
    vehicles: set[str] = set()
    alarms: set[str] = set()
    cameras: set[str] = set()
    for event in events:
        if event.type in SHOWN:
            assets.add(event.subject)
        elif event.type == "park.vehicle.position":
            vehicles.add(event.subject)
        elif event.type == "park.camera.detection":
            cameras.add(event.subject)
        elif event.type.startswith("park.alarm."):
            alarms.add(event.data.alarm)
            assets.add(event.subject)
    return Changes(frozenset(assets), frozenset(vehicles), frozenset(alarms), frozenset(cameras))


def _in_order(state: State, names: Iterable[str]) -> list[str]:
    known = [name for name in names if name in state.alarms]
    return sorted(known, key=lambda name: (state.alarms[name].raised_ms or 0, name))


def _boxes(event: Event) -> dict[str, Any]:
    return msgspec.structs.asdict(event.data) | {"time_ms": milliseconds(event)}
