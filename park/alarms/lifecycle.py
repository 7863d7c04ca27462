"""How one alarm lives.

An alarm asks for an operator's response (ISA-18.2); everything else is an event. ``TRANSITIONS`` is
the whole life of what the process says: normal (A), unack (B), ack (C), returned (D: cleared, not yet
acknowledged), latched (E) and latched_ack (F: cleared, stays until it is reset). Shelved (G), suppressed
(H) and out of service (I) lie over it (``park/alarms/overlays.py``): they hide it, it goes on underneath.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmFact, AlarmRaised, AlarmReset
from park.events.base import Priority

AlarmState = Literal["normal", "unack", "ack", "returned", "latched", "latched_ack"]
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
LEVELS: dict[Priority, int] = {"low": 1, "medium": 2, "high": 3, "critical": 4}


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
