"""What people do in the room as a whole: actions, exercises, handovers; one frozen struct per event type."""

from typing import Literal

from park.events.base import (
    FactBase,
    Text,
)


class OperatorAction(FactBase, frozen=True):
    """What a person did: the audit trail; ``session`` is the start of the SHA-256 of the session's token."""

    TYPE = "park.operator.action"
    user: Text
    action: Text
    origin: str = ""
    object: str = ""
    reason: str = ""
    role: str = ""
    session: str = ""
    result: Literal["done", "refused", "failed"] = "done"


class ExerciseStatus(FactBase, frozen=True):
    """Whether the park holds an exercise: nothing leaves the room while it is active."""

    TYPE = "park.exercise.status"
    active: bool
    user: Text
    reason: Text


class HandoverSigned(FactBase, frozen=True):
    """The next shift read the handover and took over; ``digest`` is the SHA-256 of ``text``, what was signed.

    ``text`` is the canonical JSON of :class:`park.operators.handover.Handover`.
    """

    TYPE = "park.shift.handover"
    shift: Text
    leaving: Text
    taking: Text
    digest: Text
    note: str = ""
    text: str = ""


RoomFact = ExerciseStatus | HandoverSigned
