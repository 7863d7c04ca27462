"""Commands as events: one frozen struct per event type; the subject is ``<park>/command/<id>``."""

from typing import Literal

from park.events.base import AwareTime, Count, FactBase, NonNegative, Text


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
