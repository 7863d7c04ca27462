"""An alarm as every screen gets it."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from park.alarms.definition import Definition
from park.alarms.lifecycle import Alarm, AlarmState
from park.alarms.overlays import Overlay, OverlayName
from park.config.asset import Asset
from park.config.label import Label
from park.events.base import Priority
from park.systems import SYSTEMS

Shown = AlarmState | OverlayName
_PARTS: dict[str, Label] = {
    "system/state": Label("현재 상태 집계", "Live state"),
    "system/conditions": Label("경보 판정", "Alarm conditions"),
    "system/suppression": Label("경보 억제", "Alarm suppression"),
    "system/correlation": Label("사건 상관분석", "Incident correlation"),
    "system/procedures": Label("대응 절차", "Procedures"),
    "system/commands": Label("명령 처리", "Commands"),
    "panel/load": Label("경보 부하 패널", "Alarm load panel"),
    "panel/status": Label("상태 표시줄", "Status line"),
    "panel/state": Label("화면 상태 집계", "State of the screens"),
    "panel/map": Label("지도와 경보 목록", "Map and alarm list"),
    "panel/incidents": Label("사건 목록", "Incident list"),
}


_PARTS |= {
    f"panel/{system.name}": Label(f"{system.label.ko} 패널", f"{system.label.en} panel")
    for system in SYSTEMS
    if system.summary is not None
}


class Card(Struct, frozen=True):
    """An alarm as every screen gets it (message ``alarms`` of the push).

    ``state`` is what it shows: the overlay's name while one hides it, with ``under`` the state below.
    """

    alarm: str
    asset: str
    condition: str
    priority: Priority
    state: Shown
    raised_ms: int | None
    cleared_ms: int | None
    acked_ms: int | None
    user: str | None
    value: float | None
    limit: float | None
    unit: str
    cause: str | None
    count: int
    name: Label
    place: Label
    lat: float | None
    lon: float | None
    response: Label | None
    consequence: Label | None
    under: AlarmState
    overlay: OverlayName | None = None
    mode: str | None = None
    until_ms: int | None = None
    reason: Label | None = None
    by: str | None = None


def card(
    alarm: Alarm,
    definitions: dict[str, Definition],
    assets: dict[str, Asset],
    overlay: Overlay | None = None,
    feeds: Mapping[str, Label] | None = None,
) -> Card:
    """Dress an alarm for the screen: its name, place, what to do, and what hides it."""
    definition = definitions.get(alarm.condition)
    asset = assets.get(alarm.asset)
    last = alarm.asset.rpartition("/")[2]
    bare = (feeds or {}).get(last) or _part(alarm.asset, definitions) or Label(last, last)
    fields = {name: getattr(alarm, name) for name in Alarm.__struct_fields__ if name not in ("id", "state")}
    dressed = Card(
        alarm=alarm.id,
        state=alarm.state,
        under=alarm.state,
        name=definition.name if definition else Label(alarm.condition, alarm.condition),
        place=asset.name if asset else bare,
        lat=asset.lat if asset else None,
        lon=asset.lon if asset else None,
        response=definition.response if definition else None,
        consequence=definition.consequence if definition else None,
        **fields,
    )
    if overlay is None or alarm.state == "normal":
        return dressed
    return msgspec.structs.replace(
        dressed,
        state=overlay.name,
        overlay=overlay.name,
        mode=overlay.mode,
        until_ms=overlay.until_ms,
        reason=why(overlay.reason, definitions),
        by=overlay.by,
    )


def _part(subject: str, definitions: Mapping[str, Definition]) -> Label | None:
    """Return the name of a part of the room itself: a rule by what it looks for, a system, a panel."""
    kind, _, part = subject.partition("/")[2].partition("/")
    if kind == "rule" and part in definitions:
        name = definitions[part].name
        return Label(f"경보 규칙: {name.ko}", f"Alarm rule: {name.en}")
    return _PARTS.get(f"{kind}/{part}")


def why(reason: str, definitions: Mapping[str, Definition]) -> Label:
    """Return the reason of an overlay in both languages: of a suppressing alarm its name."""
    parent = definitions.get(reason)
    return parent.name if parent else Label(reason, reason)
