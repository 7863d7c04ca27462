"""Alarms: what is defined as one, and how one lives.

An alarm asks for an operator's response (ISA-18.2); everything else is an event. ``TRANSITIONS`` is
the whole life of what the process says: normal (A), unack (B), ack (C), returned (D: cleared, not yet
acknowledged), latched (E) and latched_ack (F: cleared, stays until it is reset). Shelved (G), suppressed
(H) and out of service (I) lie over it (``park/overlays.py``): they hide it, it goes on underneath.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from park.alarm_facts import AlarmAcknowledged, AlarmCleared, AlarmFact, AlarmRaised, AlarmReset
from park.assets import Asset, Label
from park.events import CATALOGUE
from park.fact_base import Priority
from park.facts import CameraEventKind
from park.overlays import Overlay, OverlayName

AlarmState = Literal["normal", "unack", "ack", "returned", "latched", "latched_ack"]
Shown = AlarmState | OverlayName
Watch = Literal[
    "value", "state", "event", "group", "cai", "peak", "dock", "silence", "absence", "substance", "reused",
    "quality", "clock",
]  # fmt: skip
Kind = Literal["raise", "ack", "clear", "latch", "reset"]
_NAMES = UUID("5c0f7a52-4f0e-5d4e-9a55-1d3c8b0a7e11")

TRANSITIONS: dict[tuple[AlarmState, Kind], AlarmState] = {
    ("normal", "raise"): "unack",
    ("unack", "ack"): "ack",
    ("unack", "clear"): "returned",
    ("ack", "clear"): "normal",
    ("returned", "ack"): "normal",
    ("returned", "raise"): "unack",
    ("ack", "raise"): "unack",  # re-alarm
    ("unack", "latch"): "latched",
    ("ack", "latch"): "latched_ack",
    ("latched", "ack"): "latched_ack",
    ("latched", "raise"): "unack",
    ("latched_ack", "raise"): "unack",
    ("latched_ack", "reset"): "normal",
}
WAITING: frozenset[AlarmState] = frozenset({"unack", "returned", "latched"})
_NEEDED: dict[str, tuple[str, ...]] = {
    "value": ("type", "field"),
    "state": ("type", "field", "states"),
    "event": ("type", "kind", "off_delay_s"),
    "substance": ("type", "field"),
    "reused": ("type", "off_delay_s"),
    "quality": (),
    "clock": ("off_delay_s",),
    "group": ("type", "field", "states", "trait", "limit"),
    "cai": ("limit",),
    "peak": ("limit",),
    "dock": ("limit",),
    "silence": ("limit",),
    "absence": ("limit",),
}
_PARTS: dict[str, Label] = {
    "system/state": Label("현재 상태 집계", "Live state"),
    "system/conditions": Label("경보 판정", "Alarm conditions"),
    "system/suppression": Label("경보 억제", "Alarm suppression"),
    "system/correlation": Label("사건 상관분석", "Incident correlation"),
    "system/procedures": Label("대응 절차", "Procedures"),
    "system/commands": Label("명령 처리", "Commands"),
    "panel/energy": Label("에너지 패널", "Energy panel"),
    "panel/logistics": Label("물류 패널", "Logistics panel"),
    "panel/environment": Label("환경 패널", "Environment panel"),
    "panel/lighting": Label("가로등 패널", "Lighting panel"),
    "panel/load": Label("경보 부하 패널", "Alarm load panel"),
    "panel/status": Label("상태 표시줄", "Status line"),
    "panel/state": Label("화면 상태 집계", "State of the screens"),
    "panel/map": Label("지도와 경보 목록", "Map and alarm list"),
    "panel/incidents": Label("사건 목록", "Incident list"),
}
LEVELS: dict[Priority, int] = {"low": 1, "medium": 2, "high": 3, "critical": 4}


class Parent(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition whose alarm suppresses another: at the same asset, or at the one its trait names."""

    condition: str
    trait: str = ""


class Definition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of ``alarms.toml``; ``watch`` says how the condition is found.

    value: ``field`` of ``type`` at or beyond ``limit`` (``below`` turns it round; ``limit_from``
    takes the limit of the substance from ``limits.toml``). state: ``field`` is one of ``states``.
    event: it happened; it returns by itself after ``off_delay_s``. group: at least ``limit`` of the
    assets that share ``trait`` are in ``states``. cai: the index of a
    station. peak: projected share of contract power in percent. dock: a vehicle is ``limit``
    minutes over its slot. silence: a feed missed ``limit`` of its beats. absence: a worker of the room
    was not heard for ``limit`` seconds, or never. substance: a gas sensor tells a
    substance that has no limit here, or another than its own. reused: an identity came with other content.
    quality: a value of ``type`` (none: of any type that is measured) is none (``park/quality.py``).
    clock: the time that a source tells is far from when it is heard.

    ``latching``: stays after its return until it is reset. ``re_alarm_s``: annunciated again that long
    after its acknowledgement while it is still active (0: never). ``suppress_by``: hidden while one of
    these is active.
    """

    name: Label
    watch: Watch
    priority: Priority
    cause: Label
    consequence: Label
    response: Label
    reason: Label
    type: str = ""
    field: str = ""
    where: dict[str, Any] = {}
    limit: float | None = None
    limit_from: Literal["", "twa", "stel"] = ""
    below: bool = False
    unit: str = ""
    dead_band: float = 0.0
    states: tuple[str, ...] = ()
    kind: CameraEventKind | None = None
    trait: str = ""
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    re_alarm_s: float = 0.0
    suppress_by: tuple[Parent, ...] = ()

    @property
    def shelvable(self) -> bool:
        """Whether it may be shelved: what asks for an answer within minutes may not."""
        return self.priority != "critical"

    def __post_init__(self) -> None:
        """Refuse a definition that could never fire, or not as it says."""
        for name in _NEEDED[self.watch]:
            if not getattr(self, name) and getattr(self, name) != 0.0:
                raise ValueError(f"watch {self.watch!r} needs `{name}`")
        if self.watch == "value" and (self.limit is None) == (not self.limit_from):
            raise ValueError("watch 'value' needs one of `limit` and `limit_from`")
        if self.type:
            fact = CATALOGUE.get(self.type)
            if fact is None:
                raise ValueError(f"`type`: unknown event type {self.type!r}")
            for field in (self.field, *self.where):
                if field and field not in fact.__struct_fields__:
                    raise ValueError(f"`field`: {self.type} has no {field!r}")
        for name in ("dead_band", "on_delay_s", "off_delay_s", "re_alarm_s"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"`{name}`: is finite and not negative")


def suppression_flaw(definitions: Mapping[str, Definition]) -> tuple[str, str] | None:
    """Return the definition whose ``suppress_by`` cannot work, and why; None when all can.

    Two conditions that suppress each other would hide both.
    """
    for name, definition in definitions.items():
        for parent in definition.suppress_by:
            if parent.condition not in definitions:
                return name, f"`suppress_by`: no condition {parent.condition!r}"
        above, seen = [name], set[str]()
        while above:
            parents = {parent.condition for parent in definitions[above.pop()].suppress_by} - seen
            if name in parents:
                return name, "`suppress_by`: suppresses itself"
            seen |= parents
            above += parents & definitions.keys()
    return None


class Alarm(Struct, frozen=True, omit_defaults=True):
    """One alarm, from its raising to its end; key of the condition is ``(asset, condition)``.

    A condition that comes again before its return was acknowledged is the same alarm, raised again:
    ``raised_ms`` is then the newest raising and ``count`` how often.
    """

    id: str
    asset: str
    condition: str
    priority: Priority
    state: AlarmState
    raised_ms: int | None = None
    cleared_ms: int | None = None
    acked_ms: int | None = None
    user: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    cause: str | None = None
    count: int = 0

    @property
    def active(self) -> bool:
        """Whether the condition still holds."""
        return self.state in {"unack", "ack"}


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


def alarm_id(asset: str, condition: str, raised_ms: int) -> str:
    """Return the id that the same condition raised at the same moment always gets."""
    return str(uuid5(_NAMES, f"{asset}|{condition}|{raised_ms}"))


def event_id(alarm: str, kind: Kind, at_ms: int | None) -> str:
    """Return the id of the event that tells one happening of an alarm, so that telling twice is once.

    ``at_ms`` is when it happened; for an acknowledgement, when what is acknowledged was raised.
    """
    return str(uuid5(_NAMES, f"{alarm}|{kind}|{at_ms}"))


def step(alarm: Alarm, happening: AlarmFact, now: datetime) -> tuple[Alarm, tuple[AlarmFact, ...]]:
    """Let something happen to an alarm.

    Args:
        alarm: As it is.
        happening: Raised, cleared, acknowledged or reset; an overlay changes nothing here.
        now: When it happened.

    Returns:
        The alarm after it, and the facts to tell; none where the state does not take it.
    """
    kind = kind_of(happening)
    state = TRANSITIONS.get((alarm.state, kind)) if kind else None
    if state is None:
        return alarm, ()
    at = int(now.timestamp() * 1000)
    told: dict[str, Any] = {}
    match happening:
        case AlarmRaised():
            fields = ("priority", "value", "limit", "unit", "cause")
            told = {name: getattr(happening, name) for name in fields}
            told |= {"raised_ms": at, "cleared_ms": None, "acked_ms": None, "user": None}
            told["count"] = alarm.count + 1
        case AlarmAcknowledged():
            told = {"acked_ms": at, "user": happening.user}
        case AlarmReset():
            told = {"user": happening.user}
        case AlarmCleared():
            told = {"cleared_ms": at}
    return msgspec.structs.replace(alarm, state=state, **told), (happening,)


def kind_of(fact: AlarmFact) -> Kind | None:
    """Return what a fact does to the state of the process; None when it is about an overlay."""
    match fact:
        case AlarmRaised():
            return "raise"
        case AlarmCleared():
            return "latch" if fact.latched else "clear"
        case AlarmAcknowledged():
            return "ack"
        case AlarmReset():
            return "reset"
    return None


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
