"""What is said about incidents and the answer to them: one frozen struct per event type.

Subjects: ``<park>/incident/<id>``, ``<park>/command/<id>``, ``<park>/message/<id>``.
"""

from typing import Literal

from park.fact_base import AwareTime, Count, FactBase, Latitude, Longitude, NonNegative, Text

IncidentKind = Literal[
    "gas_leak", "fire", "injury", "intrusion", "fight", "dumping", "odour", "air", "flood", "dg_vehicle",
    "traffic", "crowd", "dock_jam", "peak", "power", "lights_out", "camera_fault", "data_loss", "other",
]  # fmt: skip
Grade = Literal["attention", "caution", "alert", "serious"]
Verdict = Literal["true", "false", "unclear"]
System = Literal["gas", "camera", "access", "logistics", "energy", "lighting", "environment", "data"]


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
    system: System
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


class CommandRequested(FactBase, frozen=True):
    """Devices are asked to do something; ``until`` is when it ends by itself (None: it stays).

    A command that needs a second step (``confirm``) is carried out only after ``park.command.confirmed``.
    """

    TYPE = "park.command.requested"
    command: Text
    kind: Literal["light.dim", "camera.point", "gate.hold", "vehicle.reroute", "sign.show"]
    targets: tuple[str, ...]
    value: float | None = None
    text: str = ""
    until: AwareTime | None = None
    timeout_s: NonNegative = 5.0
    confirm: bool = False
    incident: str | None = None
    user: str | None = None
    reason: str = ""


class CommandConfirmed(FactBase, frozen=True):
    """The second step of a command: a person said yes to it."""

    TYPE = "park.command.confirmed"
    command: Text
    user: Text


class CommandAnswered(FactBase, frozen=True):
    """The device side's word on one target of a command."""

    TYPE = "park.command.answered"
    command: Text
    target: Text
    ok: bool
    detail: str = ""


class CommandFinished(FactBase, frozen=True):
    """What a command came to: all answered, some refused, or time over."""

    TYPE = "park.command.finished"
    command: Text
    state: Literal["done", "partial", "failed", "timed_out", "cancelled"]
    answered: Count
    targets: Count


CommandFact = CommandRequested | CommandConfirmed | CommandAnswered | CommandFinished

Channel = Literal["email", "webhook", "cap", "room"]


class MessageRequested(FactBase, frozen=True):
    """Somebody is to be told; ``recipient`` is a key of the park's contacts, texts are plain text.

    ``document`` is what goes out by the channel ``cap``: the XML of a CAP 1.2 alert.
    """

    TYPE = "park.message.requested"
    message: Text
    recipient: Text
    channel: Channel
    title_ko: Text
    title_en: Text
    body_ko: str
    body_en: str
    exercise: bool = False
    incident: str | None = None
    step: str | None = None
    user: str | None = None
    document: str = ""


class MessageStatus(FactBase, frozen=True):
    """How far a message has come; ``held`` is an exercise in which nothing leaves."""

    TYPE = "park.message.status"
    message: Text
    state: Literal["sending", "sent", "failed", "held", "unclear"]
    attempt: Count
    detail: str = ""
    incident: str | None = None


MessageFact = MessageRequested | MessageStatus


class ExerciseStatus(FactBase, frozen=True):
    """Whether the park holds an exercise: nothing leaves the room while it is active."""

    TYPE = "park.exercise.status"
    active: bool
    user: Text
    reason: Text


class HandoverSigned(FactBase, frozen=True):
    """The next shift read the handover and took over; ``digest`` is the SHA-256 of ``text``, what was signed.

    ``text`` is the canonical JSON of :class:`park.handover.Handover`.
    """

    TYPE = "park.shift.handover"
    shift: Text
    leaving: Text
    taking: Text
    digest: Text
    note: str = ""
    text: str = ""


RoomFact = ExerciseStatus | HandoverSigned
