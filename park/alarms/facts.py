"""What is said about alarms: one frozen struct per happening of ISA-18.2; the subject is the asset."""

from typing import Literal

from park.events.base import AwareTime, FactBase, Priority, Text


class AlarmRaised(FactBase, frozen=True):
    """A condition that needs an operator became active; subject is the asset."""

    TYPE = "park.alarm.raised"
    alarm: Text
    condition: Text
    priority: Priority
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    cause: str | None = None


class AlarmCleared(FactBase, frozen=True):
    """The condition returned to normal; ``latched`` when the alarm stays until it is reset."""

    TYPE = "park.alarm.cleared"
    alarm: Text
    condition: Text
    latched: bool = False


class AlarmAcknowledged(FactBase, frozen=True):
    """An operator took notice of an alarm."""

    TYPE = "park.alarm.acknowledged"
    alarm: Text
    condition: Text
    user: Text


class AlarmReset(FactBase, frozen=True):
    """An operator reset a latched alarm whose condition is over."""

    TYPE = "park.alarm.reset"
    alarm: Text
    condition: Text
    user: Text


class AlarmShelved(FactBase, frozen=True):
    """An operator hid a condition of an asset for a while, or until it has come and gone once."""

    TYPE = "park.alarm.shelved"
    condition: Text
    mode: Literal["timed", "one_shot"]
    until: AwareTime
    user: Text
    reason: Text


class AlarmUnshelved(FactBase, frozen=True):
    """A shelved condition is shown again; no user when its time was over."""

    TYPE = "park.alarm.unshelved"
    condition: Text
    user: str | None = None
    reason: str = ""


class AlarmSuppressed(FactBase, frozen=True):
    """A condition is suppressed by design: maintenance, or the failure of the asset ``by``."""

    TYPE = "park.alarm.suppressed"
    condition: Text
    reason: Text
    by: str | None = None


class AlarmUnsuppressed(FactBase, frozen=True):
    """The reason to suppress a condition is over."""

    TYPE = "park.alarm.unsuppressed"
    condition: Text


class AlarmRemoved(FactBase, frozen=True):
    """A condition of an asset was taken out of service."""

    TYPE = "park.alarm.removed"
    condition: Text
    user: Text
    reason: Text


class AlarmRestored(FactBase, frozen=True):
    """A condition of an asset was put back into service."""

    TYPE = "park.alarm.restored"
    condition: Text
    user: Text
    reason: str = ""


AlarmFact = (
    AlarmRaised | AlarmCleared | AlarmAcknowledged | AlarmReset | AlarmShelved | AlarmUnshelved
    | AlarmSuppressed | AlarmUnsuppressed | AlarmRemoved | AlarmRestored
)  # fmt: skip
