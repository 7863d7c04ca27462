"""Incidents as events: one frozen struct per event type; the subject is ``<park>/incident/<id>``."""

from typing import Literal

from park.events.base import AwareTime, Count, FactBase, Latitude, Longitude, NonNegative, Text

IncidentKind = Literal[
    "gas_leak", "fire", "injury", "intrusion", "fight", "dumping", "odour", "air", "flood", "dg_vehicle",
    "traffic", "crowd", "dock_jam", "peak", "power", "lights_out", "camera_fault", "data_loss", "other",
]  # fmt: skip
Grade = Literal["attention", "caution", "alert", "serious"]
Verdict = Literal["true", "false", "unclear"]


class IncidentOpened(FactBase, frozen=True):
    """One thing that happens in the world was recognised; ``cause`` is the asset that explains it."""

    TYPE = "park.incident.opened"
    incident: Text
    number: Text
    kind: IncidentKind
    cause: Text
    grade: Grade
    lat: Latitude | None = None
    lon: Longitude | None = None
    exercise: bool = False


class IncidentJoined(FactBase, frozen=True):
    """A happening belongs to an incident; ``member`` is the alarm's id, else ``<source> <id>`` of its event.

    ``rule`` names why (``cause``, ``same_place``, ``downwind``, ``parent`` …), with the distance to
    the cause and the seconds after it (negative: before it).
    """

    TYPE = "park.incident.joined"
    incident: Text
    member: Text
    asset: Text
    system: Text
    what: Text
    happened: AwareTime
    rule: Text
    alarm: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    distance_m: NonNegative | None = None
    after_s: float | None = None
    user: str | None = None


class IncidentLeft(FactBase, frozen=True):
    """A happening does not belong to an incident after all."""

    TYPE = "park.incident.left"
    incident: Text
    member: Text
    rule: Text
    user: str | None = None


class IncidentCorrected(FactBase, frozen=True):
    """What is known of an incident changed: its kind, its cause, its place."""

    TYPE = "park.incident.corrected"
    incident: Text
    kind: IncidentKind
    cause: Text
    reason: Text
    lat: Latitude | None = None
    lon: Longitude | None = None
    user: str | None = None


class IncidentMerged(FactBase, frozen=True):
    """An incident turned out to be a part of another one; its members go there."""

    TYPE = "park.incident.merged"
    incident: Text
    into: Text
    reason: Text
    user: str | None = None


class IncidentLinked(FactBase, frozen=True):
    """Another incident may have to do with this one, but is none of its members; told of both.

    ``rule`` names why (as :class:`IncidentJoined`), with the distance of the two happenings that say so
    and the seconds from the other one's to this one's.
    """

    TYPE = "park.incident.linked"
    incident: Text
    other: Text
    rule: Text
    distance_m: NonNegative | None = None
    after_s: float | None = None


class IncidentAcknowledged(FactBase, frozen=True):
    """An operator took notice of an incident and owns it."""

    TYPE = "park.incident.acknowledged"
    incident: Text
    user: Text


class IncidentVerified(FactBase, frozen=True):
    """Whether it is true; no user when a second sensor confirmed it."""

    TYPE = "park.incident.verified"
    incident: Text
    verdict: Verdict
    user: str | None = None
    reason: str = ""


class IncidentGraded(FactBase, frozen=True):
    """How grave it is; no user when the room decided it."""

    TYPE = "park.incident.graded"
    incident: Text
    grade: Grade
    reason: Text
    user: str | None = None


class IncidentAdvanced(FactBase, frozen=True):
    """The answer went on to another state."""

    TYPE = "park.incident.advanced"
    incident: Text
    state: Literal["responding", "controlled", "closed"]
    user: str | None = None
    reason: str = ""


class IncidentAssigned(FactBase, frozen=True):
    """Somebody owns an incident now."""

    TYPE = "park.incident.assigned"
    incident: Text
    user: Text
    by: Text


class IncidentStep(FactBase, frozen=True):
    """A step of the procedure; no user when the room did it, ``reason`` mandatory for a skipped one."""

    TYPE = "park.incident.step"
    incident: Text
    step: Text
    state: Literal["started", "done", "skipped", "failed"]
    user: str | None = None
    reason: str = ""


class IncidentNoted(FactBase, frozen=True):
    """What somebody wrote down about an incident."""

    TYPE = "park.incident.noted"
    incident: Text
    user: Text
    text: Text


class IncidentEscalated(FactBase, frozen=True):
    """Nobody answered in time, or a step was skipped: told to the role ``to``."""

    TYPE = "park.incident.escalated"
    incident: Text
    level: Count
    to: Text
    reason: Text


IncidentFact = (
    IncidentOpened | IncidentJoined | IncidentLeft | IncidentCorrected | IncidentMerged | IncidentLinked
    | IncidentAcknowledged | IncidentVerified | IncidentGraded | IncidentAdvanced | IncidentAssigned
    | IncidentStep | IncidentNoted | IncidentEscalated
)  # fmt: skip
