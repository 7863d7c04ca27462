"""Alarms: what is defined as one, and how one lives.

An alarm asks for an operator's response (ISA-18.2); everything else is an event. The life here has
four states: normal, unack, ack, returned (cleared, not yet acknowledged). ``TRANSITIONS`` is the
whole of it; further states of the standard are further rows.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from park.alarm_facts import AlarmAcknowledged, AlarmFact, AlarmRaised
from park.assets import Asset, Label
from park.events import CATALOGUE, Event
from park.fact_base import Priority
from park.facts import CameraEventKind

AlarmState = Literal["normal", "unack", "ack", "returned"]
Kind = Literal["raise", "ack", "clear"]
_NAMES = UUID("5c0f7a52-4f0e-5d4e-9a55-1d3c8b0a7e11")

TRANSITIONS: dict[tuple[AlarmState, Kind], AlarmState] = {
    ("normal", "raise"): "unack",
    ("unack", "ack"): "ack",
    ("unack", "clear"): "returned",
    ("ack", "clear"): "normal",
    ("returned", "ack"): "normal",
    ("returned", "raise"): "unack",
}
_NEEDED: dict[str, tuple[str, ...]] = {
    "value": ("type", "field"),
    "state": ("type", "field", "states"),
    "event": ("type", "kind", "off_delay_s"),
    "group": ("type", "field", "states", "trait", "limit"),
    "cai": ("limit",),
    "peak": ("limit",),
    "dock": ("limit",),
    "silence": ("limit",),
}
LEVELS: dict[Priority, int] = {"low": 1, "medium": 2, "high": 3, "critical": 4}


class Definition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of ``alarms.toml``; ``watch`` says how the condition is found.

    value: ``field`` of ``type`` at or beyond ``limit`` (``below`` turns it round; ``limit_from``
    takes the limit of the substance from ``limits.toml``). state: ``field`` is one of ``states``.
    event: it happened; it returns by itself after ``off_delay_s``. group: at least ``limit`` of the
    assets that share ``trait`` are in ``states``. cai: the index of a
    station. peak: projected share of contract power in percent. dock: a vehicle is ``limit``
    minutes over its slot. silence: a feed missed two of its beats.
    """

    name: Label
    watch: Literal["value", "state", "event", "group", "cai", "peak", "dock", "silence"]
    priority: Priority
    cause: Label
    consequence: Label
    response: Label
    reason: str
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
        if min(self.dead_band, self.on_delay_s, self.off_delay_s) < 0:
            raise ValueError("`dead_band`, `on_delay_s` and `off_delay_s` are not negative")


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
    """An alarm as every screen gets it (message ``alarms`` of the push)."""

    alarm: str
    asset: str
    condition: str
    priority: Priority
    state: AlarmState
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


def alarm_id(asset: str, condition: str, raised_ms: int) -> str:
    """Return the id that the same condition raised at the same moment always gets."""
    return str(uuid5(_NAMES, f"{asset}|{condition}|{raised_ms}"))


def event_id(alarm: str, kind: Kind, at_ms: int | None) -> str:
    """Return the id of the event that tells one happening of an alarm, so that telling twice is once.

    ``at_ms`` is when it happened; for an acknowledgement, when what is acknowledged was raised.
    """
    return str(uuid5(_NAMES, f"{alarm}|{kind}|{at_ms}"))


def new_alarm(asset: str, condition: str, priority: Priority, raised_ms: int) -> Alarm:
    """Return an alarm about to be raised."""
    return Alarm(alarm_id(asset, condition, raised_ms), asset, condition, priority, "normal")


def step(alarm: Alarm, happening: AlarmFact, now: datetime) -> tuple[Alarm, tuple[AlarmFact, ...]]:
    """Let something happen to an alarm.

    Args:
        alarm: As it is.
        happening: Raised, cleared or acknowledged.
        now: When it happened.

    Returns:
        The alarm after it, and the facts to tell; none where the state does not take it.
    """
    kind = _kind(happening)
    state = TRANSITIONS.get((alarm.state, kind))
    if state is None:
        return alarm, ()
    at = int(now.timestamp() * 1000)
    match happening:
        case AlarmRaised():
            fields = ("priority", "value", "limit", "unit", "cause")
            told = {name: getattr(happening, name) for name in fields}
            told |= {"raised_ms": at, "cleared_ms": None, "acked_ms": None, "user": None}
            told["count"] = alarm.count + 1
        case AlarmAcknowledged():
            told = {"acked_ms": at, "user": happening.user}
        case _:
            told = {"cleared_ms": at}
    return msgspec.structs.replace(alarm, state=state, **told), (happening,)


def fold(events: list[Event]) -> Alarm | None:
    """Return the alarm its own events tell, whatever their order; None until its raising is known."""
    in_time = sorted(events, key=lambda told: (told.time, told.source, told.id))
    raising = next((event for event in in_time if isinstance(event.data, AlarmRaised)), None)
    if raising is None:
        return None
    fact = raising.data
    alarm = Alarm(fact.alarm, raising.subject, fact.condition, fact.priority, "normal")
    for event in in_time:
        alarm, _ = step(alarm, event.data, event.time)
    return alarm


def card(alarm: Alarm, definitions: dict[str, Definition], assets: dict[str, Asset]) -> Card:
    """Dress an alarm for the screen: its name, place and what to do."""
    definition = definitions.get(alarm.condition)
    asset = assets.get(alarm.asset)
    bare = Label(alarm.asset.rpartition("/")[2], alarm.asset.rpartition("/")[2])
    fields = {name: getattr(alarm, name) for name in Alarm.__struct_fields__ if name != "id"}
    return Card(
        alarm=alarm.id,
        name=definition.name if definition else Label(alarm.condition, alarm.condition),
        place=asset.name if asset else bare,
        lat=asset.lat if asset else None,
        lon=asset.lon if asset else None,
        response=definition.response if definition else None,
        consequence=definition.consequence if definition else None,
        **fields,
    )


def _kind(fact: AlarmFact) -> Kind:
    if isinstance(fact, AlarmRaised):
        return "raise"
    return "ack" if isinstance(fact, AlarmAcknowledged) else "clear"
